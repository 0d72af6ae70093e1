package org.eden4j.compressor.kernel;

/**
 * Threefry-4x32 as written by Salmon et al., section 3.3: the whole generator, one call per counter, written to be
 * read.
 */
public final class ReferenceThreefry {
    private static final int[][] ROTATIONS = {
            {10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}};
    private static final int ROUNDS = 20;

    private ReferenceThreefry() {}

    static int[] block(int[] counter, int[] key) {
        int[] extended = {key[0], key[1], key[2], key[3], 0x1BD11BDA ^ key[0] ^ key[1] ^ key[2] ^ key[3]};
        int[] x = counter.clone();
        inject(x, extended, 0);
        for (int round = 0; round < ROUNDS; round++) {
            int[] rotation = ROTATIONS[round % 8];
            int partner = round % 2 == 0 ? 1 : 3;
            mix(x, 0, partner, rotation[0]);
            mix(x, 2, 4 - partner, rotation[1]);
            if (round % 4 == 3) {
                inject(x, extended, round / 4 + 1);
            }
        }
        return x;
    }

    private static void mix(int[] x, int a, int b, int rotation) {
        x[a] += x[b];
        x[b] = Integer.rotateLeft(x[b], rotation) ^ x[a];
    }

    private static void inject(int[] x, int[] extended, int time) {
        for (int i = 0; i < 4; i++) {
            x[i] += extended[(time + i) % 5];
        }
        x[3] += time;
    }

    /** Returns whether a coordinate is negated, by the words of {@link Kernels#signWords}. */
    public static boolean negates(long seed, int stream, int coordinate) {
        int word = coordinate / 512 * 16 + coordinate % 16;
        int quad = word / 64;
        int output = word / 16 % 4;
        int[] key = {(int) seed, (int) (seed >>> 32), stream, Threefry.DOMAIN};
        int bits = block(new int[]{16 * quad + word % 16, 0, 0, 0}, key)[output];
        return (bits >>> 31 - coordinate / 16 % 32 & 1) != 0;
    }
}
