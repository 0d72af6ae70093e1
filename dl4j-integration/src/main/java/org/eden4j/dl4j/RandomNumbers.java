package org.eden4j.dl4j;

import org.nd4j.linalg.factory.Nd4j;

/** ND4J's random numbers and workspaces, of which each thread has its own. */
public final class RandomNumbers {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private RandomNumbers() {}

    /**
     * Lets the numbers of this thread, from which dropout draws, follow from a seed.
     *
     * @param use tells one training of the same replica from another
     * @param replica tells one replica from another
     */
    public static void seed(long seed, int use, int replica) {
        long mixed = ((seed * GOLDEN + use) * GOLDEN + replica) * GOLDEN;
        Nd4j.getRandom().setSeed(mixed == 0 ? GOLDEN : mixed); // ND4J takes 0 as "from the clock"
    }

    /** Frees what ND4J keeps for a thread that ends. */
    public static void endThread() {
        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
}
