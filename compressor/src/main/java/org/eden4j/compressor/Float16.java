package org.eden4j.compressor;

/**
 * IEEE 754 binary16, rounded to nearest even. Elementwise; magnitudes above 65504 are refused, those below 2^-25 become
 * zero.
 */
public record Float16() implements Method {
    @Override
    public int wireId() {
        return 1;
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
        return "float16";
    }
}
