package org.eden4j.compressor.elementwise;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * IEEE 754 binary16, rounded to nearest even. Elementwise. Magnitudes above 65504 are rejected; those below 2^-25
 * become zero.
 */
public record Float16() implements Method {
    /** The method type: name, wire id 1, text form and examples. */
    public static final MethodType TYPE = MethodType.of("float16", 1, _ -> new Float16(), "float16");

    @Override
    public double bitsPerCoordinate() {
        return Short.SIZE;
    }

    @Override
    public boolean blocked() {
        return false;
    }

    @Override
    public boolean isUnbiased() {
        return false;
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new ElementwiseCodec(this, ElementwiseCodec.Format.BINARY16);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return Math.multiplyExact(length, Short.BYTES);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).toString();
    }
}
