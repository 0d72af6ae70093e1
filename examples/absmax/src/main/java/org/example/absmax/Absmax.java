package org.example.absmax;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * Rounds each coordinate to the nearest of {@code 2 levels + 1} multiples of max |x_i| / levels. Biased; the error of a
 * coordinate is at most max |x_i| / (2 levels).
 *
 * @param levels multiples on either side of zero, from 1 to {@value #MOST_LEVELS}
 */
public record Absmax(int levels) implements Method {
    static final int MOST_LEVELS = Byte.MAX_VALUE;

    public Absmax {
        if (levels < 1 || levels > MOST_LEVELS) {
            throw new IllegalArgumentException("levels must be from 1 to " + MOST_LEVELS + ", got " + levels);
        }
    }

    @Override
    public MethodType type() {
        return new AbsmaxType();
    }

    @Override
    public BlockCodec codec() {
        return new AbsmaxCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return Float.BYTES + length;
    }

    @Override
    public double bitsPerCoordinate() {
        return Byte.SIZE;
    }

    @Override
    public boolean isUnbiased() {
        return false;
    }

    @Override
    public String toString() {
        return MethodText.of(type()).put("levels", Integer.toString(levels), levels != MOST_LEVELS).toString();
    }
}
