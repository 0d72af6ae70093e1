package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.MEMORY;
import static org.eden4j.compressor.kernel.Lanes.NATIVE;
import static org.eden4j.compressor.kernel.Lanes.VECTOR;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.ints;
import static org.eden4j.compressor.kernel.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Random signs in vectors: computes their words with {@link Threefry} and applies them. */
final class VectorSigns {
    /** Number of coordinates whose signs are applied at a time. */
    static final int STEP = 4 * WIDTH;

    /**
     * Number of words of one output of the generator for 16 counters, and their bytes: the sign words shared by 512
     * coordinates.
     */
    private static final int OUTPUT = 16;
    private static final int OUTPUT_BYTES = 4 * OUTPUT;
    static final IntVector SIGN = IntVector.broadcast(INTS, ScalarKernels.SIGN);
    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);

    /** The distances of four rounds, and of the next four. */
    private static final int A0 = Threefry.distance(0, 0);
    private static final int A1 = Threefry.distance(0, 1);
    private static final int A2 = Threefry.distance(0, 2);
    private static final int A3 = Threefry.distance(0, 3);
    private static final int A4 = Threefry.distance(0, 4);
    private static final int A5 = Threefry.distance(0, 5);
    private static final int A6 = Threefry.distance(0, 6);
    private static final int A7 = Threefry.distance(0, 7);
    private static final int B0 = Threefry.distance(1, 0);
    private static final int B1 = Threefry.distance(1, 1);
    private static final int B2 = Threefry.distance(1, 2);
    private static final int B3 = Threefry.distance(1, 3);
    private static final int B4 = Threefry.distance(1, 4);
    private static final int B5 = Threefry.distance(1, 5);
    private static final int B6 = Threefry.distance(1, 6);
    private static final int B7 = Threefry.distance(1, 7);

    private final Loop first = (words, seed, _, counters, shift, _) -> firstEightRounds(seed, words, counters, shift);
    private final Loop last = (words, seed, _, counters, shift, _) -> lastTwelveRounds(seed, words, counters, shift);
    private final Loop add = (x, words, sum, n, _, factor) -> addAll(x, n, words, factor, sum);

    /**
     * Computes {@link ScalarKernels#threefry} for {@code count} counters, a power of two, of each of several streams.
     */
    void words(long words, long seed, int streams, int count) {
        int shift = Integer.numberOfTrailingZeros(count);
        Loop.run(first, words, seed, 0, streams * count, shift, 0);
        Loop.run(last, words, seed, 0, streams * count, shift, 0);
    }

    /** Sets sum[i] to fma(s_i x[i], factor, sum[i]); n is a multiple of {@link #STEP}. */
    void add(long x, int n, long words, float factor, long sum) {
        Loop.run(add, x, words, sum, n, 0, factor);
    }

    /** Returns the address of the first of the four outputs of a group of counters. */
    private static long state(long words, int counter) {
        return at(words, (counter & -OUTPUT) * 4 + (counter & OUTPUT - 1));
    }

    /**
     * Performs the first eight of {@link ScalarKernels#threefry}'s twenty rounds, for all streams together: a few
     * counters alone would wait for their own results. Each group of four rounds ends with the words of the key, of
     * which {@code k2} is the number of the stream.
     */
    private static void firstEightRounds(long seed, long words, int counters, int shift) {
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        int k3 = Threefry.DOMAIN;
        for (int i = 0; i < counters; i += WIDTH) {
            long at = state(words, i);
            int k2 = i >>> shift;
            int k4 = Threefry.parity(k0, k1, k2, k3);
            IntVector x0 = LANE_NUMBERS.add((i & (1 << shift) - 1) + k0);
            IntVector x1 = IntVector.broadcast(INTS, k1);
            IntVector x2 = IntVector.broadcast(INTS, k2);
            IntVector x3 = IntVector.broadcast(INTS, k3);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, A0).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, A1).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, A2).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, A3).lanewise(XOR, x2);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, A4).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, A5).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, A6).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, A7).lanewise(XOR, x2);
            x0 = x0.add(k1);
            x1 = x1.add(k2);
            x2 = x2.add(k3);
            x3 = x3.add(k4 + 1);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, B0).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, B1).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, B2).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, B3).lanewise(XOR, x2);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, B4).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, B5).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, B6).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, B7).lanewise(XOR, x2);
            x0 = x0.add(k2);
            x1 = x1.add(k3);
            x2 = x2.add(k4);
            x3 = x3.add(k0 + 2);
            x0.intoMemorySegment(MEMORY, at, NATIVE);
            x1.intoMemorySegment(MEMORY, at + OUTPUT_BYTES, NATIVE);
            x2.intoMemorySegment(MEMORY, at + 2 * OUTPUT_BYTES, NATIVE);
            x3.intoMemorySegment(MEMORY, at + 3 * OUTPUT_BYTES, NATIVE);
        }
    }

    /** Performs the remaining twelve rounds. */
    private static void lastTwelveRounds(long seed, long words, int counters, int shift) {
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        int k3 = Threefry.DOMAIN;
        for (int i = 0; i < counters; i += WIDTH) {
            long at = state(words, i);
            int k2 = i >>> shift;
            int k4 = Threefry.parity(k0, k1, k2, k3);
            IntVector x0 = ints(at);
            IntVector x1 = ints(at + OUTPUT_BYTES);
            IntVector x2 = ints(at + 2 * OUTPUT_BYTES);
            IntVector x3 = ints(at + 3 * OUTPUT_BYTES);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, A0).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, A1).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, A2).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, A3).lanewise(XOR, x2);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, A4).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, A5).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, A6).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, A7).lanewise(XOR, x2);
            x0 = x0.add(k3);
            x1 = x1.add(k4);
            x2 = x2.add(k0);
            x3 = x3.add(k1 + 3);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, B0).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, B1).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, B2).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, B3).lanewise(XOR, x2);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, B4).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, B5).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, B6).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, B7).lanewise(XOR, x2);
            x0 = x0.add(k4);
            x1 = x1.add(k0);
            x2 = x2.add(k1);
            x3 = x3.add(k2 + 4);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, A0).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, A1).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, A2).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, A3).lanewise(XOR, x2);
            x0 = x0.add(x1);
            x1 = x1.lanewise(ROL, A4).lanewise(XOR, x0);
            x2 = x2.add(x3);
            x3 = x3.lanewise(ROL, A5).lanewise(XOR, x2);
            x0 = x0.add(x3);
            x3 = x3.lanewise(ROL, A6).lanewise(XOR, x0);
            x2 = x2.add(x1);
            x1 = x1.lanewise(ROL, A7).lanewise(XOR, x2);
            x0 = x0.add(k0);
            x1 = x1.add(k1);
            x2 = x2.add(k2);
            x3 = x3.add(k3 + 5);
            x0.intoMemorySegment(MEMORY, at, NATIVE);
            x1.intoMemorySegment(MEMORY, at + OUTPUT_BYTES, NATIVE);
            x2.intoMemorySegment(MEMORY, at + 2 * OUTPUT_BYTES, NATIVE);
            x3.intoMemorySegment(MEMORY, at + 3 * OUTPUT_BYTES, NATIVE);
        }
    }

    private static void addAll(long x, int n, long words, float factor, long sum) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < n; i += STEP) {
            long row = row(words, i);
            int bit = bit(i);
            long from = at(x, i);
            long to = at(sum, i);
            add(from, signs(row, bit, 0), factors, to);
            add(from + VECTOR, signs(row, bit, 1), factors, to + VECTOR);
            add(from + 2 * VECTOR, signs(row, bit, 2), factors, to + 2 * VECTOR);
            add(from + 3 * VECTOR, signs(row, bit, 3), factors, to + 3 * VECTOR);
        }
    }

    private static void add(long x, IntVector signs, FloatVector factors, long sum) {
        FloatVector signed = ints(x).lanewise(XOR, signs.and(SIGN)).viewAsFloatingLanes();
        store(signed.fma(factors, floats(sum)), sum);
    }

    /**
     * Returns the address of the 16 sign words of coordinate i, a multiple of the width, and of the coordinates that
     * share them.
     */
    static long row(long words, int i) {
        return at(words, (i >>> 9) * OUTPUT + (i & OUTPUT - 1));
    }

    /** Returns the bit of those words, counted from the highest. */
    static int bit(int i) {
        return i >>> 4 & 31;
    }

    /** Returns the signs of the k-th vector from a coordinate on, in the highest bit of each lane. */
    static IntVector signs(long row, int bit, int k) {
        return ints(row + 4 * (k * WIDTH & OUTPUT - 1)).lanewise(LSHL, bit).lanewise(LSHL, k * WIDTH / OUTPUT);
    }

    /**
     * Returns the signs of the vector k times 512 coordinates further, in the highest bit of each lane, with all other
     * bits zero.
     */
    static IntVector armSigns(long row, int bit, int k) {
        return ints(row + k * OUTPUT_BYTES).lanewise(LSHL, bit).and(SIGN);
    }
}
