package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BlockLoader;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.kernel.Kernels;

/**
 * The optional rotation of methods that round at random: one round, from the seed shared by all workers, so that
 * contributions are summed in the rotated domain and rotated back once.
 *
 * <p>These methods are unbiased for every fixed rotation (Suresh, Yu, Kumar, McMahan, ICML 2017, section 3), so one
 * round is enough and sharing the rotation does no harm.
 */
public final class SharedRotation {
    private static final int ROUNDS = 1;

    private final boolean on;
    private final Rotation rotation;
    private final Scratch scratch;
    private final BlockLoader block;

    public SharedRotation(boolean on, Kernels kernels, Scratch scratch, BlockLoader block) {
        this.on = on;
        this.scratch = scratch;
        this.block = block;
        rotation = new HadamardRotation(kernels, scratch);
    }

    /** Loads the block into the scratch memory, rotated if enabled, and returns the value that a 1 there represents. */
    public double rotate(BlockSeed seed) {
        if (!on) {
            block.coordinates();
            return block.unit();
        }
        return block.unit() * rotation.rotate(block.source(), block.sourceOffset(), block.size(), seed.shared(),
                block.exponent(), ROUNDS, scratch.coordinates());
    }

    /** Returns the number of coordinates that are quantized and summed: the padded block if it is rotated. */
    public int coordinates(int length) {
        return coordinates(on, length);
    }

    /**
     * Returns the number of coordinates that a method with or without the rotation quantizes in a block of
     * {@code length}.
     */
    public static int coordinates(boolean rotated, int length) {
        return rotated ? BlockLayout.paddedSize(length) : length;
    }

    /** Rotates a finished sum back; see {@link BlockCodec#finish}. */
    public void finish(int length, BlockSeed seed, MemorySegment sum, long first) {
        if (!on) {
            return;
        }
        if (!block.load(sum, first, BlockLayout.paddedSize(length))) {
            block.release();
            return;
        }
        int size = block.size();
        MemorySegment x = scratch.coordinates();
        MemorySegment back = scratch.sum(4L * size);
        Scratch.zero(back, 0, size);
        double unit = Math.scalb(block.unit(), block.exponent());
        block.normalize();
        rotation.addInverse(x, size, seed.shared(), ROUNDS, unit, back, 0, length);
        MemorySegment.copy(back, 0, sum, 4 * first, 4L * size);
    }
}
