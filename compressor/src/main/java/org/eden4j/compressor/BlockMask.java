package org.eden4j.compressor;

/**
 * A seeded subset of the coordinates of a block with exactly as many members as asked for.
 *
 * <p>The block's coordinates are visited in the order pi(j) = (a j + c) mod d with a odd, a bijection since d is a power
 * of two; the first {@code members} visited are the mask. After a rotation that is enough: by the symmetry of the rotation
 * every fixed subset is as good as a random one.
 */
final class BlockMask {
    private static final long PURPOSE = 0x4D61736BL;

    private final SplitMix random = new SplitMix();
    private int multiplier;
    private int offset;
    private int last;

    /** The order of a block of {@code size} coordinates, a power of two. */
    BlockMask reset(long seed, int size) {
        random.reset(seed, PURPOSE);
        multiplier = (int) random.next() | 1;
        offset = (int) random.next();
        last = size - 1;
        return this;
    }

    /** The coordinate visited at position j. */
    int coordinate(int j) {
        return multiplier * j + offset & last;
    }

    /** round(fraction d), at least one. */
    static int members(double fraction, int size) {
        return Math.clamp(Math.round(fraction * size), 1, size);
    }
}
