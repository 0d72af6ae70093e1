package org.eden4j.compressor;

import org.eden4j.compressor.kernel.SplitMix;

/**
 * The seeds of one block, mixed on both sides from what both know, so that they never travel.
 *
 * <p>Most methods use {@link #own} alone: workers must not share a rotation, since with a shared one and equal gradients
 * the error of the mean would not fall with the number of workers at all. Methods that are unbiased for every fixed
 * rotation, because they round at random, take the rotation from {@link #shared} and the rounding from {@link #own}; their
 * contributions are then summed as they are and rotated back once.
 *
 * <p>Each number is added to a running state that then passes the SplitMix64 finalizer (Steele, Lea, Flood, OOPSLA 2014,
 * with Stafford's constants, variant 13). Every step is a bijection of the number it takes in, so two tuples that differ
 * in one number never meet, and other pairs meet as random 64-bit numbers do.
 *
 * @param own of (job, round, worker, block)
 * @param shared of (job, round, block): the same for all workers
 */
public record BlockSeed(long own, long shared) {
    /** The worker number that the aggregator's own encoding uses. */
    public static final int AGGREGATOR = 0xFFFF;

    private static final int EVERYONE = 0xFFFE;

    /**
     * @param jobSeed the job's seed
     * @param round the round, counted from 0
     * @param worker the worker that encodes, from 0 to 65533, or {@link #AGGREGATOR}
     * @param block the block's number in its layout
     */
    public static BlockSeed of(long jobSeed, long round, int worker, int block) {
        if (worker != AGGREGATOR && (worker < 0 || worker >= EVERYONE)) {
            throw new IllegalArgumentException("worker must be from 0 to " + (EVERYONE - 1) + ", got " + worker);
        }
        long state = SplitMix.mix(SplitMix.mix(jobSeed + SplitMix.GOLDEN) + SplitMix.GOLDEN + round);
        // The aggregator's blocks need a common rotation of their own: its layout may differ from the workers'.
        int everyone = worker == AGGREGATOR ? AGGREGATOR : EVERYONE;
        return new BlockSeed(mix(state, worker, block), mix(state, everyone, block));
    }

    private static long mix(long state, int worker, int block) {
        return SplitMix.mix(SplitMix.mix(state + SplitMix.GOLDEN + worker) + SplitMix.GOLDEN + block);
    }
}
