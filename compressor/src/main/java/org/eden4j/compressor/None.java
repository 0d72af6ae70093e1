package org.eden4j.compressor;

import java.util.OptionalDouble;

/** No compression: float32, little endian. The baseline of every comparison. */
public record None() implements Method {
    @Override
    public int wireId() {
        return 0;
    }

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
    public String toString() {
        return "none";
    }
}
