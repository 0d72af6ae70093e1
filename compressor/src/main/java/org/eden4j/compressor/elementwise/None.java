package org.eden4j.compressor.elementwise;

import java.util.OptionalDouble;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/** No compression: float32, little endian. The baseline of every comparison. */
public record None() implements Method {
    /** The method type: name, wire id 0, text form and examples. */
    public static final MethodType TYPE = MethodType.of("none", 0, _ -> new None(), "none");

    @Override
    public double bitsPerCoordinate() {
        return Float.SIZE;
    }

    @Override
    public boolean blocked() {
        return false;
    }

    @Override
    public boolean isUnbiased() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.of(0);
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new ElementwiseCodec(this, ElementwiseCodec.Format.FLOAT32);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return Math.multiplyExact(length, Float.BYTES);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).toString();
    }
}
