package org.eden4j.dl4j;

import org.nd4j.linalg.factory.Nd4j;

/** ND4J's per-thread state: random numbers and workspaces. */
public final class RandomNumbers {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private RandomNumbers() {}

    /**
     * Seeds the random numbers of this thread, from which dropout draws.
     *
     * @param use distinguishes calls that train the same replica
     * @param replica distinguishes the replicas of one call
     */
    public static void seed(long seed, int use, int replica) {
        long mixed = ((seed * GOLDEN + use) * GOLDEN + replica) * GOLDEN;
        Nd4j.getRandom().setSeed(mixed == 0 ? GOLDEN : mixed); // ND4J takes 0 as "from the clock"
    }

    /** Frees the workspaces of the calling thread, which is about to end. */
    public static void endThread() {
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
}
