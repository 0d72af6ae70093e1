package org.eden4j.compressor;

import org.eden4j.compressor.kernel.SplitMix;

/**
 * The seeds of one block. Both sides derive them from values they already know, so seeds are never transmitted.
 *
 * <p>Most methods use {@link #own} alone. Workers must not share a rotation: with a shared one and equal gradients the
 * error of the mean would not fall with the number of workers at all. Methods that round at random are unbiased for
 * every fixed rotation; they take the rotation from {@link #shared} and the rounding from {@link #own}, so that their
 * contributions can be summed as they are and rotated back once.
 *
 * <p>Each number is added to a running state, which then passes through the SplitMix64 finalizer (Steele, Lea, Flood,
 * OOPSLA 2014, with Stafford's constants, variant 13). Each step is a bijection of the number it takes in: two tuples
 * that differ in one number never collide, and other pairs collide as random 64-bit numbers do.
 *
 * @param own derived from (job, round, worker, block)
 * @param shared derived from (job, round, block); the same for all workers
 */
public record BlockSeed(long own, long shared) {
    /** The worker number used for encoding by the aggregator. */
    public static final int AGGREGATOR = 0xFFFF;

    private static final int EVERYONE = 0xFFFE;

    /**
     * Derives the seeds of a block.
     *
     * @param jobSeed seed of the job
     * @param round round, counted from 0
     * @param worker the worker that encodes, from 0 to 65533, or {@link #AGGREGATOR}; numbers above 65535 are for
     *     simulations of more workers than a job or a container can name
     * @param block number of the block in its layout
     */
    public static BlockSeed of(long jobSeed, long round, int worker, int block) {
        if (worker < 0 || worker == EVERYONE) {
            throw new IllegalArgumentException("worker must be from 0 to " + (EVERYONE - 1) + ", got " + worker);
        }
        long state = SplitMix.mix(SplitMix.mix(jobSeed + SplitMix.GOLDEN) + SplitMix.GOLDEN + round);
        // The aggregator's blocks need a shared rotation of their own, since its layout may differ from the workers'.
        int everyone = worker == AGGREGATOR ? AGGREGATOR : EVERYONE;
        return new BlockSeed(mix(state, worker, block), mix(state, everyone, block));
    }

    private static long mix(long state, int worker, int block) {
        return SplitMix.mix(SplitMix.mix(state + SplitMix.GOLDEN + worker) + SplitMix.GOLDEN + block);
    }
}
