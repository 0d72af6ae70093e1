package org.eden4j.compressor;

/**
 * The seed of one block's rotation, mixed on both sides from what both know, so that it never travels.
 *
 * <p>Workers never share a rotation: with a shared one and equal gradients the error of the mean would not fall with the
 * number of workers at all.
 *
 * <p>Each of the four numbers is added to a running state that then passes the SplitMix64 finalizer (Steele, Lea, Flood,
 * OOPSLA 2014, with Stafford's constants, variant 13). Every step is a bijection of the number it takes in, so two
 * tuples that differ in one number never meet, and other pairs meet as random 64-bit numbers do.
 */
public final class BlockSeeds {
    /** The worker number that the aggregator's own encoding uses. */
    public static final int AGGREGATOR = 0xFFFF;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private BlockSeeds() {}

    public static long of(long jobSeed, long round, int worker, int block) {
        long state = SplitMix.mix(jobSeed + GOLDEN);
        state = SplitMix.mix(state + GOLDEN + round);
        state = SplitMix.mix(state + GOLDEN + worker);
        return SplitMix.mix(state + GOLDEN + block);
    }
}
