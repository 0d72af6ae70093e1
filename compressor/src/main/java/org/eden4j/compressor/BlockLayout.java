package org.eden4j.compressor;

/**
 * Cuts a gradient of any dimension into blocks, each encoded by itself.
 *
 * <p>For {@linkplain Method#blocked() blocked} methods a block is a power of two of at least {@value #SMALLEST_BLOCK}
 * coordinates: first as many full blocks as fit, then the tail cut into smaller powers of two; what remains below
 * {@value #SMALLEST_BLOCK} is one block padded with zeros. At most 127 slots are wasted whatever the dimension, where
 * padding to the next power of two would cost up to the dimension itself. For elementwise methods blocks are runs of
 * equal length with a shorter last one.
 *
 * <pre>
 * dimension 1000, block size 512:  [0,512) [512,768) [768,896) [896,1000) padded to 128
 * </pre>
 *
 * <p>Immutable; every accessor takes O(1).
 */
public final class BlockLayout {
    /** The smallest block of a blocked method, in coordinates. */
    public static final int SMALLEST_BLOCK = 128;
    /** The default block of a blocked method: stays in L1, and its error is that of an infinite one to 0.3 %. */
    public static final int DEFAULT_BLOCK = 1 << 12;
    /** The largest block of a blocked method. */
    public static final int LARGEST_BLOCK = 1 << 24;

    private final int dimension;
    private final int blockSize;
    private final int fullBlocks;
    /** Coordinates after the full blocks; for power-of-two layouts its set bits of 128 and above are the tail's blocks. */
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
     * The layout of a method.
     *
     * @param blockSize coordinates of a full block; for a blocked method a power of two from {@value #SMALLEST_BLOCK} to
     *        2^24, and to {@link Method#largestBlock} where the dimension has a block that large
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

    /** Refuses a block that, padded, is larger than its method takes. */
    public static void checkLargest(Method method, int padded) {
        if (padded > method.largestBlock()) {
            throw new IllegalArgumentException(method + " takes blocks of up to " + method.largestBlock()
                    + " coordinates, got one of " + padded + ": choose a smaller block size");
        }
    }

    /** The number of coordinates a rotated block of {@code length} coordinates is padded to. */
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

    /** The first coordinate of a block. */
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

    /** The number of the gradient's coordinates in a block, without padding. */
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

    /** The coordinates that a sum has for a block: its length, or what a blocked method pads it to. */
    public int paddedLength(int block) {
        int length = length(block);
        return powersOfTwo ? paddedSize(length) : length;
    }

    /**
     * Coordinates that a sum of this layout's blocks must have room for: the dimension and the last block's padding,
     * which methods that aggregate in the rotated domain fill. At most 127 more than the dimension.
     */
    public int sumLength() {
        int last = blockCount - 1;
        return offset(last) + paddedLength(last);
    }

    /** As {@link #sumLength}, for the sum of one block wherever it is: coordinates of the largest one with its padding. */
    public int largestSum() {
        return paddedLength(0);
    }

    private void check(int block) {
        if (block < 0 || block >= blockCount) {
            throw new IndexOutOfBoundsException("block " + block + " of " + blockCount);
        }
    }
}
