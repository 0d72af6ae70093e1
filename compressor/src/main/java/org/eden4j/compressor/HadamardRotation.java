package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/**
 * Rounds of random signs and Hadamard transform, H D_r ... H D_1 (Ailon and Chazelle, STOC 2006; Suresh et al., ICML
 * 2017, for mean estimation; {@link Rounds} for how many).
 *
 * <p>Costs O(d log d) a round. The transforms leave out their 1/sqrt(d): powers of two between the rounds keep float32 in
 * range, and what is left of d^(-rounds/2) is in the returned factor.
 */
final class HadamardRotation implements Rotation {
    private final Kernels kernels;
    private final Scratch scratch;

    HadamardRotation(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.scratch = scratch;
    }

    @Override
    public double rotate(MemorySegment x, int size, long seed, int exponent, int rounds) {
        int shrink = log2(size) / 2;
        for (int round = 0; round < rounds; round++) {
            kernels.signWords(seed, round, scratch.signWords(), size);
            kernels.rotate(x, size, scratch.signWords(), powerOfTwo(round == 0 ? -exponent : -shrink));
        }
        return Math.scalb(normalization(size, rounds), exponent + shrink * (rounds - 1));
    }

    @Override
    public void addInverse(
            MemorySegment x, int size, long seed, int rounds, double factor, MemorySegment sum, long sumOffset,
            int length) {
        kernels.hadamard(x, size);
        int shrink = rounds == 1 ? 0 : rounds * log2(size) / (2 * (rounds - 1));
        for (int round = rounds - 1; round > 0; round--) {
            kernels.signWords(seed, round, scratch.signWords(), size);
            kernels.rotate(x, size, scratch.signWords(), powerOfTwo(-shrink));
        }
        kernels.signWords(seed, 0, scratch.signWords(), size);
        double left = factor * Math.scalb(normalization(size, rounds), shrink * (rounds - 1));
        kernels.addSigned(x, length, scratch.signWords(), (float) left, sum, sumOffset);
    }

    /** size^(-rounds / 2). */
    private static double normalization(int size, int rounds) {
        int halves = rounds * log2(size);
        return Math.scalb((halves & 1) == 0 ? 1 : Math.sqrt(2), -(halves + 1 >> 1));
    }

    private static int log2(int powerOfTwo) {
        return Integer.numberOfTrailingZeros(powerOfTwo);
    }

    private static float powerOfTwo(int exponent) {
        return Math.scalb(1f, exponent);
    }
}
