package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.ScalarKernels;

/** Norms and moments of a block in double precision, for methods that need them once per block. */
public final class Norms {
    private Norms() {}

    public static double l2(MemorySegment x, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double value = x.getAtIndex(ScalarKernels.FLOAT, i);
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    public static double l1(MemorySegment x, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.abs(x.getAtIndex(ScalarKernels.FLOAT, i));
        }
        return sum;
    }

    /** Returns sqrt(mean(x^2) - mean(x)^2). */
    public static double standardDeviation(MemorySegment x, int n) {
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += x.getAtIndex(ScalarKernels.FLOAT, i);
        }
        mean /= n;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double deviation = x.getAtIndex(ScalarKernels.FLOAT, i) - mean;
            sum += deviation * deviation;
        }
        return Math.sqrt(sum / n);
    }
}
