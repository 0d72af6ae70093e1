package org.eden4j.compressor.container;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.elementwise.None;

/**
 * What a reader must know to decode a {@link CompressedGradient}: the method, how the gradient is cut into blocks, and what
 * the blocks' seeds are mixed from. A value; equal headers and gradients make equal bytes.
 *
 * @param method the method that is really used: a blocked one becomes {@link None} below
 *        {@value BlockLayout#SMALLEST_BLOCK} coordinates, see {@link Method#forDimension}
 * @param dimension coordinates of the gradient, at least 1
 * @param blockSize coordinates of a full block, from {@value BlockLayout#SMALLEST_BLOCK} to 2^24; for blocked methods a
 *        power of two up to {@link Method#largestBlock}
 * @param jobSeed as in {@link BlockSeed#of}
 * @param round as in {@link BlockSeed#of}
 * @param worker as in {@link BlockSeed#of}
 */
public record CompressedGradientHeader(
        Method method, int dimension, int blockSize, long jobSeed, long round, int worker) {
    public CompressedGradientHeader {
        method = method.forDimension(dimension);
        BlockLayout.of(method, dimension, blockSize);
        if (blockSize < BlockLayout.SMALLEST_BLOCK || blockSize > BlockLayout.LARGEST_BLOCK) {
            throw new IllegalArgumentException("block size must be from " + BlockLayout.SMALLEST_BLOCK + " to "
                    + BlockLayout.LARGEST_BLOCK + ", got " + blockSize);
        }
        BlockSeed.of(jobSeed, round, worker, 0);
    }

    /**
     * With blocks of {@value BlockLayout#DEFAULT_BLOCK}, or the method's largest, for a gradient that belongs to no job:
     * round 0 of worker 0.
     */
    public static CompressedGradientHeader of(Method method, int dimension, long seed) {
        int blockSize = Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock());
        return new CompressedGradientHeader(method, dimension, blockSize, seed, 0, 0);
    }

    /** How the gradient is cut into blocks. */
    public BlockLayout layout() {
        return BlockLayout.of(method, dimension, blockSize);
    }

    /** The seeds of a block. */
    public BlockSeed seed(int block) {
        return BlockSeed.of(jobSeed, round, worker, block);
    }

    /** The size of the container, in bytes: exact where payloads have fixed lengths, else the largest it can have. */
    public long containerBytes() {
        BlockCodec codec = BlockCodec.of(method);
        BlockLayout layout = layout();
        int fullBlocks = dimension / blockSize;
        long bytes = CompressedGradientFormat.headerBytes(this);
        if (fullBlocks > 0) {
            bytes += fullBlocks * CompressedGradientFormat.blockBytes(method, codec.payloadBytes(blockSize));
        }
        for (int block = fullBlocks; block < layout.blockCount(); block++) {
            bytes += CompressedGradientFormat.blockBytes(method, codec.payloadBytes(layout.length(block)));
        }
        return bytes;
    }
}
