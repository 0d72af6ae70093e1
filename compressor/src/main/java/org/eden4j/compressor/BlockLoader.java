package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/**
 * Brings a block of a gradient into the scratch of a codec: copied, padded with zeros to a power of two, checked for NaN
 * and infinities, and measured. Mutable, reused for every block.
 */
final class BlockLoader {
    private static final int SUBNORMAL_LIFT = 64;

    private final Kernels kernels;
    private final Scratch scratch;
    private final Method method;
    private int size;
    private int exponent;
    private double unit;

    BlockLoader(Method method, Kernels kernels, Scratch scratch) {
        this.method = method;
        this.kernels = kernels;
        this.scratch = scratch;
    }

    /**
     * Loads coordinates {@code [first, first + length)} into {@link Scratch#coordinates}.
     *
     * @return false if they are all zero
     * @throws NonFiniteGradientException if one is NaN or infinite
     */
    boolean load(MemorySegment gradient, long first, int length) {
        size = reserve(length);
        MemorySegment x = scratch.coordinates();
        MemorySegment.copy(gradient, 4 * first, x, 0, 4L * length);
        Scratch.zero(x, length, size);
        int maxAbsBits = FiniteCheck.maxAbsBits(kernels, x, size, first);
        exponent = Math.getExponent(Float.intBitsToFloat(maxAbsBits));
        unit = 1;
        if (exponent < Float.MIN_EXPONENT && maxAbsBits != 0) {
            kernels.scale(x, size, Math.scalb(1f, SUBNORMAL_LIFT), x);
            exponent = Math.getExponent(Float.intBitsToFloat(kernels.maxAbsBits(x, size)));
            unit = Math.scalb(1.0, -SUBNORMAL_LIFT);
        }
        return maxAbsBits != 0;
    }

    /** Brings the largest magnitude into [1, 2); after that a 1 in the scratch is worth 2^exponent times as much. */
    void normalize() {
        kernels.scale(scratch.coordinates(), size, Math.scalb(1f, -exponent), scratch.coordinates());
    }

    /** Makes room for a block of that many coordinates; returns its padded size. */
    int reserve(int length) {
        int padded = BlockLayout.paddedSize(length);
        BlockLayout.checkLargest(method, padded);
        scratch.ensure(padded);
        return padded;
    }

    /** Coordinates of the loaded block with its padding. */
    int size() {
        return size;
    }

    /** The binary exponent of the largest magnitude as it stands in the scratch. */
    int exponent() {
        return exponent;
    }

    /** What a 1 in the scratch is worth: 1, or a power of two where the block was lifted out of the subnormal range. */
    double unit() {
        return unit;
    }
}
