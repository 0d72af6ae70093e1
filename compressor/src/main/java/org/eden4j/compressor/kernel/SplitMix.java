package org.eden4j.compressor.kernel;

/**
 * SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, with Stafford's finalizer 13): the sequential random numbers of the
 * codecs, for masks, stochastic rounding and Gaussian matrices. Implemented here because encoder and decoder must draw
 * the same numbers on every JDK. Mutable, not thread-safe; {@link #reset} starts a new stream.
 */
public final class SplitMix {
    public static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;
    private double spare;
    private boolean hasSpare;

    /** Starts the stream of a seed and a purpose; streams of different purposes are independent. */
    public SplitMix reset(long seed, long purpose) {
        state = mix(mix(seed + GOLDEN) + purpose);
        hasSpare = false;
        return this;
    }

    public long next() {
        state += GOLDEN;
        return mix(state);
    }

    /** Returns a uniform number in [0, 1) with 24 bits. */
    float nextFloat() {
        return (next() >>> 40) * 0x1p-24f;
    }

    /** Returns a uniform number in [0, 1) with 53 bits. */
    public double nextDouble() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** Returns a uniform number in [0, bound), to within 2^-32. */
    public int nextInt(int bound) {
        return (int) ((next() >>> 32) * bound >>> 32);
    }

    /** Rounds a position in [0, top] up or down at random, so that the mean is the position. */
    public int round(double position, int top) {
        int below = (int) position;
        return Math.min(nextFloat() < position - below ? below + 1 : below, top);
    }

    /** Returns an N(0,1) number by Marsaglia's polar method, with a logarithm that is the same on every machine. */
    public double nextGaussian() {
        if (hasSpare) {
            hasSpare = false;
            return spare;
        }
        while (true) {
            double u = 2 * nextDouble() - 1;
            double v = 2 * nextDouble() - 1;
            double s = u * u + v * v;
            if (s > 0 && s < 1) {
                double factor = Math.sqrt(-2 * StrictMath.log(s) / s);
                spare = v * factor;
                hasSpare = true;
                return u * factor;
            }
        }
    }

    public static long mix(long state) {
        long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
