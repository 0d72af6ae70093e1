package org.eden4j.compressor.elementwise;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/** bfloat16: the upper half of a float32, rounded to nearest even. Eight bits of precision, the range of float32. */
public record BFloat16() implements Method {
    /** The method type: name, wire id 6, text form and examples. */
    public static final MethodType TYPE = MethodType.of("bfloat16", 6, _ -> new BFloat16(), "bfloat16");

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
        return new ElementwiseCodec(this, ElementwiseCodec.Format.UPPER_HALF);
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
