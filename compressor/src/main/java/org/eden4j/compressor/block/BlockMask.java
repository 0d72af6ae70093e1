package org.eden4j.compressor.block;

import org.eden4j.compressor.kernel.SplitMix;

/**
 * A seeded order of the coordinates of a block; a prefix of it is a subset of any requested size.
 *
 * <p>Position j visits coordinate (a j + c) mod d with a coprime to d, which is a bijection. Every coordinate is
 * equally likely at every position. Unbiased subsampling needs no more than that, and after a rotation any fixed subset
 * is as good as a random one.
 */
public final class BlockMask {
    private static final long PURPOSE = 0x4D61736BL;

    private final SplitMix random = new SplitMix();
    private int size;
    private int multiplier;
    private int offset;

    /** Starts the order of a block of {@code size} coordinates. */
    public BlockMask reset(long seed, int size) {
        this.size = size;
        random.reset(seed, PURPOSE);
        offset = random.nextInt(size);
        do {
            multiplier = 1 + random.nextInt(size);
        } while (commonDivisor(multiplier, size) > 1);
        return this;
    }

    private static int commonDivisor(int a, int b) {
        return b == 0 ? a : commonDivisor(b, a % b);
    }

    /** Returns the coordinate visited at position j. */
    public int coordinate(int j) {
        return (int) (((long) multiplier * j + offset) % size);
    }

    /** Returns the size of the subset: round(fraction d), at least one. */
    public static int members(double fraction, int size) {
        return Math.clamp(Math.round(fraction * size), 1, size);
    }
}
