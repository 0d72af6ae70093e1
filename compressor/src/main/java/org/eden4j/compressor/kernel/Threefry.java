package org.eden4j.compressor.kernel;

/**
 * Threefry-4x32-20, the counter-based generator of the random signs (Salmon, Moraes, Dror, Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011; passes BigCrush). It uses only additions, rotations and exclusive ors, so a
 * scalar loop and vectors of any width give the same numbers: {@link Kernels#signWords} has one of each.
 *
 * <p>The key is {block seed low, block seed high, stream, {@link #DOMAIN}} followed by {@link #parity}; the counter is
 * {i, 0, 0, 0}. There are five groups of four rounds; the key is added before the first group and after each group,
 * rotated by one word each time.
 */
final class Threefry {
    /** Number of groups of four rounds. */
    static final int GROUPS = 5;
    /** "eden" in ASCII: separates our streams from other users of the same seeds. */
    static final int DOMAIN = 0x6564656E;

    /** Rotation distances of rounds 8 k to 8 k + 7, two per round; Salmon et al., table 3 and their reference code. */
    private static final int[] DISTANCES = {10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20};
    private static final int PARITY = 0x1BD11BDA;

    private Threefry() {}

    /** Returns the fifth word of the extended key. */
    static int parity(int k0, int k1, int k2, int k3) {
        return PARITY ^ k0 ^ k1 ^ k2 ^ k3;
    }

    /** Returns the {@code i}-th of the eight rotation distances of a group of four rounds. */
    static int distance(int group, int i) {
        return DISTANCES[(group & 1) << 3 | i];
    }
}
