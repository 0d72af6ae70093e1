package org.eden4j.compressor;

/** bfloat16, the upper half of a float32, rounded to nearest even: eight bits of precision, the range of float32. */
public record BFloat16() implements Method {
    @Override
    public int wireId() {
        return 6;
    }

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
    public String toString() {
        return "bfloat16";
    }
}
