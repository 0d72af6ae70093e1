package org.eden4j.compressor;

/**
 * Divides a gradient of any dimension into blocks, each encoded separately.
 *
 * <p>For {@linkplain Method#blocked() blocked} methods the size of a block is a power of two and at least
 * {@value #SMALLEST_BLOCK} coordinates. The layout has as many full blocks as fit; the tail is divided into smaller
 * powers of two, and a remainder below {@value #SMALLEST_BLOCK} becomes one block padded with zeros. Padding therefore
 * adds at most 127 coordinates, whatever the dimension, whereas padding to the next power of two could almost double
 * it. For elementwise methods all blocks have the same length, except a shorter last one.
 *
 * <pre>
 * dimension 1000, block size 512:  [0,512) [512,768) [768,896) [896,1000) padded to 128
 * </pre>
 *
 * <p>Immutable. Every accessor takes O(1).
 */
public final class BlockLayout {
    /** Smallest block of a blocked method, in coordinates. */
    public static final int SMALLEST_BLOCK = 128;
    /**
     * Default block size of a blocked method: fits the L1 cache, and its error is within 0.3 % of the limit for
     * infinite blocks.
     */
    public static final int DEFAULT_BLOCK = 1 << 12;
    /** Largest block of a blocked method, in coordinates. */
    public static final int LARGEST_BLOCK = 1 << 24;

    private final int dimension;
    private final int blockSize;
    private final int fullBlocks;
    /**
     * Coordinates after the full blocks. In power-of-two layouts each bit from 128 up that is set is one block of the
     * tail.
     */
    private final int tail;
    private final boolean powersOfTwo;
    private final int blockCount;

    private BlockLayout(int dimension, int blockSize, boolean powersOfTwo) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        this.dimension = dimension;
        this.blockSize = blockSize;
        this.powersOfTwo = powersOfTwo;
        fullBlocks = dimension / blockSize;
        tail = dimension % blockSize;
        int tailBlocks = powersOfTwo
                ? Integer.bitCount(tail & -SMALLEST_BLOCK) + ((tail & SMALLEST_BLOCK - 1) > 0 ? 1 : 0)
                : tail > 0 ? 1 : 0;
        blockCount = fullBlocks + tailBlocks;
    }

    /**
     * Returns the layout for a method.
     *
     * @param blockSize coordinates of a full block; for a blocked method a power of two from {@value #SMALLEST_BLOCK}
     *         to 2^24, and at most {@link Method#largestBlock} if the dimension has a block that large
     */
    public static BlockLayout of(Method method, int dimension, int blockSize) {
        if (!method.blocked()) {
            if (blockSize < 1) {
                throw new IllegalArgumentException("block size must be at least 1, got " + blockSize);
            }
            return new BlockLayout(dimension, blockSize, false);
        }
        if (blockSize < SMALLEST_BLOCK || blockSize > LARGEST_BLOCK || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException("block size must be a power of two from " + SMALLEST_BLOCK + " to "
                    + LARGEST_BLOCK + ", got " + blockSize);
        }
        BlockLayout layout = new BlockLayout(dimension, blockSize, true);
        checkLargest(method, layout.largestSum());
        return layout;
    }

    /** Rejects a block that, when padded, exceeds the largest block of its method. */
    public static void checkLargest(Method method, int padded) {
        if (padded > method.largestBlock()) {
            throw new IllegalArgumentException(method + " takes blocks of up to " + method.largestBlock()
                    + " coordinates, got one of " + padded + ": choose a smaller block size");
        }
    }

    /** Returns the number of coordinates to which a rotated block of {@code length} coordinates is padded. */
    public static int paddedSize(int length) {
        return length <= SMALLEST_BLOCK ? SMALLEST_BLOCK : Integer.highestOneBit(length - 1) << 1;
    }

    public int dimension() {
        return dimension;
    }

    public int blockSize() {
        return blockSize;
    }

    public int blockCount() {
        return blockCount;
    }

    /** Returns the first coordinate of a block. */
    public int offset(int block) {
        check(block);
        if (block <= fullBlocks) {
            return block * blockSize;
        }
        int rest = tail;
        for (int i = fullBlocks; i < block; i++) {
            rest &= ~Integer.highestOneBit(rest);
        }
        return dimension - rest;
    }

    /** Returns the number of the gradient's coordinates in a block, without padding. */
    public int length(int block) {
        check(block);
        if (block < fullBlocks) {
            return blockSize;
        }
        if (!powersOfTwo) {
            return tail;
        }
        int rest = dimension - offset(block);
        return rest < SMALLEST_BLOCK ? rest : Integer.highestOneBit(rest);
    }

    /**
     * Returns the number of coordinates a sum needs for a block: its length, including padding for a blocked method.
     */
    public int paddedLength(int block) {
        int length = length(block);
        return powersOfTwo ? paddedSize(length) : length;
    }

    /**
     * Returns the number of coordinates a sum of this layout's blocks needs: the dimension plus the padding of the last
     * block, which methods that aggregate in the rotated domain fill. Exceeds the dimension by at most 127.
     */
    public int sumLength() {
        int last = blockCount - 1;
        return offset(last) + paddedLength(last);
    }

    /**
     * Like {@link #sumLength}, but for a sum that holds one block at a time: the padded length of the largest block.
     */
    public int largestSum() {
        return paddedLength(0);
    }

    private void check(int block) {
        if (block < 0 || block >= blockCount) {
            throw new IndexOutOfBoundsException("block " + block + " of " + blockCount);
        }
    }
}
