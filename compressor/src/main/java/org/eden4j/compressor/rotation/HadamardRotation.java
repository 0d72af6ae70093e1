package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.kernel.Kernels;

/**
 * Rounds of random signs and Hadamard transform, H D_r ... H D_1 (Ailon and Chazelle, STOC 2006; Suresh et al., ICML
 * 2017, for mean estimation; {@code HadamardRounds} determines their number).
 *
 * <p>Each round takes O(d log d). The transforms omit their 1/sqrt(d); the remainder of d^(-rounds/2) is in the
 * returned factor. Blocks of 1e-38 or 1e38 and very large blocks are multiplied by powers of two so that float32 does
 * not overflow; that takes one pass over the block and changes no bit of the result.
 */
public final class HadamardRotation implements Rotation {
    /** A largest magnitude between 2^-16 and 2^16 leaves enough range for the following steps. */
    private static final int HARMLESS_EXPONENT = 16;
    /** Squares grow by d in each round and by d when they are summed, from 2^(2 * 17): to below 2^127. */
    private static final int HARMLESS_GROWTH = 90;
    /** Far above the smallest normal float, so the factor keeps its 24 bits as a float32. */
    private static final double HARMLESS_FACTOR = 0x1p-100;

    private final Kernels kernels;
    private final Scratch scratch;

    public HadamardRotation(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.scratch = scratch;
    }

    @Override
    public double rotate(
            MemorySegment from, long fromOffset, int size, long seed, int exponent, int rounds, MemorySegment x) {
        int shrunk = Math.abs(exponent) <= HARMLESS_EXPONENT ? 0 : exponent;
        kernels.signWords(seed, rounds, scratch.signWords(), size);
        if (rounds == 2 && shrunk == 0) {
            kernels.rotateTwice(from, fromOffset, size, scratch.signWords(), x);
            return normalization(size, rounds);
        }
        int shrink = (rounds + 1) * log2(size) <= HARMLESS_GROWTH ? 0 : log2(size) / 2;
        kernels.rotate(from, fromOffset, size, scratch.signWords(), 0, powerOfTwo(-shrunk), x);
        for (int round = 1; round < rounds; round++) {
            kernels.rotate(x, 0, size, scratch.signWords(), round, powerOfTwo(-shrink), x);
        }
        return Math.scalb(normalization(size, rounds), shrunk + shrink * (rounds - 1));
    }

    @Override
    public void addInverse(
            MemorySegment x, int size, long seed, int rounds, double factor, MemorySegment sum, long sumOffset,
            int length) {
        kernels.signWords(seed, rounds, scratch.signWords(), size);
        double left = factor * normalization(size, rounds);
        if (rounds == 1 && Math.abs(left) < HARMLESS_FACTOR) {
            kernels.scale(x, 0, size, powerOfTwo(-log2(size)), x);
            left = Math.scalb(left, log2(size));
        }
        int shrink = rounds == 1 || Math.abs(left) >= HARMLESS_FACTOR ? 0 : rounds * log2(size) / (2 * (rounds - 1));
        float last = (float) Math.scalb(left, shrink * (rounds - 1));
        if (rounds == 2 && shrink == 0 && length == size) {
            kernels.addInverseTwice(x, size, scratch.signWords(), last, sum, sumOffset);
            return;
        }
        kernels.hadamard(x, size);
        for (int round = rounds - 1; round > 0; round--) {
            kernels.rotate(x, 0, size, scratch.signWords(), round, powerOfTwo(-shrink), x);
        }
        kernels.addSigned(x, length, scratch.signWords(), last, sum, sumOffset);
    }

    /** Returns size^(-rounds / 2). */
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
