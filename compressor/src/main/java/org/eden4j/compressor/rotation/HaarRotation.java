package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * A dense rotation drawn uniformly from the orthogonal group (Haar measure), the reference for the fast ones.
 *
 * <p>It is the Q of the QR decomposition of a Gaussian matrix, as a product of Householder reflections that are drawn
 * directly (Stewart, SIAM J. Numer. Anal. 17, 1980, section 3): the reflection of step k acts on the last d - k
 * coordinates and comes from a Gaussian vector of that length; random signs complete it. Each use draws the d (d + 1) /
 * 2 Gaussians again: O(d^2) time, O(d) memory. In double precision.
 *
 * <p>The Gaussians come from a generator seeded with the block's seed and a constant of this class, never from the
 * stream that generated the data. A published comparison that seeded both alike reported a "catastrophic tail" of this
 * rotation that does not exist.
 */
public final class HaarRotation implements Rotation {
    /** Larger blocks take more than a few milliseconds. */
    public static final int LARGEST = 1 << 12;
    private static final long STREAM = 0x4861617220313938L;

    private final Kernels kernels;
    private double[] v = new double[0];
    private double[] reflector = new double[0];
    private final SplitMix gaussians = new SplitMix();

    public HaarRotation(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public double rotate(
            MemorySegment from, long fromOffset, int size, long seed, int exponent, int rounds, MemorySegment x) {
        load(from, fromOffset, size, Math.scalb(1.0, -exponent));
        for (int k = 0; k < size - 1; k++) {
            reflect(k, size, seed);
        }
        flip(size, seed);
        store(x, size);
        return Math.scalb(1.0, exponent);
    }

    @Override
    public void addInverse(
            MemorySegment x, int size, long seed, int rounds, double factor, MemorySegment sum, long sumOffset,
            int length) {
        load(x, 0, size, 1);
        flip(size, seed);
        for (int k = size - 2; k >= 0; k--) {
            reflect(k, size, seed);
        }
        store(x, size);
        kernels.addScaled(x, length, (float) factor, sum, sumOffset);
    }

    /** Reflects the coordinates from k on along the Gaussian direction of step k. */
    private void reflect(int k, int size, long seed) {
        gaussians.reset(seed, STREAM + k);
        double squaredNorm = 0;
        for (int i = k; i < size; i++) {
            reflector[i] = gaussians.nextGaussian();
            squaredNorm += reflector[i] * reflector[i];
        }
        double first = reflector[k];
        double norm = Math.sqrt(squaredNorm);
        reflector[k] += first < 0 ? -norm : norm;
        double dot = 0;
        for (int i = k; i < size; i++) {
            dot += reflector[i] * v[i];
        }
        double along = dot / (squaredNorm + Math.abs(first) * norm);
        for (int i = k; i < size; i++) {
            v[i] -= along * reflector[i];
        }
    }

    /** Applies random signs, without which Q would not be Haar distributed (Mezzadri, Notices of the AMS 54, 2007). */
    private void flip(int size, long seed) {
        gaussians.reset(seed, STREAM - 1);
        for (int i = 0; i < size; i++) {
            v[i] = gaussians.next() < 0 ? -v[i] : v[i];
        }
    }

    private void load(MemorySegment x, long offset, int size, double factor) {
        if (v.length < size) {
            v = new double[size];
            reflector = new double[size];
        }
        for (int i = 0; i < size; i++) {
            v[i] = factor * x.get(ScalarKernels.FLOAT, offset + 4L * i);
        }
    }

    private void store(MemorySegment x, int size) {
        for (int i = 0; i < size; i++) {
            x.setAtIndex(ScalarKernels.FLOAT, i, (float) v[i]);
        }
    }
}
