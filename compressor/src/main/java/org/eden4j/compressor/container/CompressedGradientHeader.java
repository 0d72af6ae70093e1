package org.eden4j.compressor.container;

import java.util.List;
import java.util.Optional;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.compressor.elementwise.None;

/**
 * The information needed to decode a {@link CompressedGradient}: the method, or the parts with their methods, the
 * division into blocks, and the numbers from which the seeds are derived. A value: equal headers and gradients give
 * equal bytes.
 *
 * @param parts parts of the gradient. A gradient without structure has {@linkplain UpdateLayout#whole one part} with
 *         the method actually used: below {@value BlockLayout#SMALLEST_BLOCK} coordinates {@link None} replaces a
 *         blocked method, see {@link Method#forDimension}
 * @param blockSize coordinates of a full block, from {@value BlockLayout#SMALLEST_BLOCK} to 2^24; a power of two if a
 *         method is blocked. At most {@link Method#largestBlock} without structure; parts whose method has a smaller
 *         limit use blocks of that limit
 * @param jobSeed as in {@link BlockSeed#of}
 * @param round as in {@link BlockSeed#of}
 * @param worker as in {@link BlockSeed#of}, at most {@link BlockSeed#AGGREGATOR}
 */
public record CompressedGradientHeader(UpdateLayout parts, int blockSize, long jobSeed, long round, int worker) {
    public CompressedGradientHeader {
        if (isWhole(parts)) {
            int dimension = parts.dimension();
            Method method = parts.parts().getFirst().method().orElseThrow().forDimension(dimension);
            BlockLayout.of(method, dimension, blockSize);
            parts = UpdateLayout.whole(dimension, method);
        }
        if (blockSize < BlockLayout.SMALLEST_BLOCK || blockSize > BlockLayout.LARGEST_BLOCK) {
            throw new IllegalArgumentException("block size must be from " + BlockLayout.SMALLEST_BLOCK + " to "
                    + BlockLayout.LARGEST_BLOCK + ", got " + blockSize);
        }
        if (worker > BlockSeed.AGGREGATOR) {
            throw new IllegalArgumentException("a container names workers from 0 to 65533, got " + worker);
        }
        BlockSeed.of(jobSeed, round, worker, 0);
        cuts(parts, blockSize);
    }

    /** Creates the header of a gradient without structure. */
    public CompressedGradientHeader(Method method, int dimension, int blockSize, long jobSeed, long round, int worker) {
        this(whole(method, dimension), blockSize, jobSeed, round, worker);
    }

    private static UpdateLayout whole(Method method, int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        return UpdateLayout.whole(dimension, method);
    }

    /**
     * Creates the header of a gradient that belongs to no job, as round 0 of worker 0, with blocks of
     * {@value BlockLayout#DEFAULT_BLOCK} coordinates or the method's largest.
     */
    public static CompressedGradientHeader of(Method method, int dimension, long seed) {
        int blockSize = Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock());
        return new CompressedGradientHeader(method, dimension, blockSize, seed, 0, 0);
    }

    /**
     * Like {@link #of(Method, int, long)}, for a gradient with parts; absent coordinates take no bytes and decode to 0.
     */
    public static CompressedGradientHeader of(UpdateLayout parts, long seed) {
        int blockSize = isWhole(parts)
                ? Math.min(BlockLayout.DEFAULT_BLOCK, parts.methods().getFirst().largestBlock())
                : BlockLayout.DEFAULT_BLOCK;
        return new CompressedGradientHeader(parts, blockSize, seed, 0, 0);
    }

    private static boolean isWhole(UpdateLayout parts) {
        Part first = parts.parts().getFirst();
        return first.method().isPresent()
                && parts.equals(UpdateLayout.whole(parts.dimension(), first.method().orElseThrow()));
    }

    /** Returns the number of coordinates of the gradient, including absent ones. */
    public int dimension() {
        return parts.dimension();
    }

    /** Returns the method of a gradient without structure; empty if parts have methods of their own. */
    public Optional<Method> method() {
        return isWhole(parts) ? parts.parts().getFirst().method() : Optional.empty();
    }

    /** Returns the blocks of the gradient. */
    public UpdateBlocks blocks() {
        return UpdateBlocks.of(parts, size(parts, blockSize)::of);
    }

    /** Returns the seeds of a block. */
    public BlockSeed seed(int block) {
        return BlockSeed.of(jobSeed, round, worker, block);
    }

    /**
     * Returns the size of the container in bytes: exact if payloads have fixed lengths, otherwise the largest possible
     * size.
     */
    public long containerBytes() {
        long bytes = CompressedGradientFormat.headerBytes(this);
        for (Cut cut : cuts(parts, blockSize)) {
            bytes += cut.bytes();
        }
        return bytes;
    }

    /** Returns the size of full blocks for a method. */
    private interface BlockSize {
        int of(Method method);
    }

    private static BlockSize size(UpdateLayout parts, int blockSize) {
        return isWhole(parts) ? _ -> blockSize : method -> Math.min(blockSize, method.largestBlock());
    }

    private static List<Cut> cuts(UpdateLayout parts, int blockSize) {
        return parts.parts().stream().filter(part -> part.method().isPresent()).map(part -> {
            Method method = part.method().orElseThrow().forDimension(part.length());
            int size = size(parts, blockSize).of(method);
            return new Cut(method, size, BlockLayout.of(method, part.length(), size));
        }).toList();
    }

    /** The division of one part into blocks. */
    private record Cut(Method method, int blockSize, BlockLayout layout) {
        /** Returns the number of bytes of all blocks, in O(log blockSize) whatever their number. */
        long bytes() {
            int fullBlocks = layout.dimension() / blockSize;
            long bytes = fullBlocks == 0 ? 0
                    : fullBlocks * CompressedGradientFormat.blockBytes(method, method.maxPayloadBytes(blockSize));
            for (int block = fullBlocks; block < layout.blockCount(); block++) {
                bytes += CompressedGradientFormat.blockBytes(method, method.maxPayloadBytes(layout.length(block)));
            }
            return bytes;
        }
    }
}
