package org.eden4j.compressor;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.eden4j.compressor.Lanes.FLOATS;
import static org.eden4j.compressor.Lanes.INTS;
import static org.eden4j.compressor.Lanes.VECTOR;
import static org.eden4j.compressor.Lanes.WIDTH;
import static org.eden4j.compressor.Lanes.at;
import static org.eden4j.compressor.Lanes.floats;
import static org.eden4j.compressor.Lanes.ints;
import static org.eden4j.compressor.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Random signs in vectors: {@link Threefry} for their words, and what negates by them. */
final class VectorSigns {
    /** Coordinates whose signs are taken at a time. */
    static final int STEP = 4 * WIDTH;

    /** Words of one output of the generator for 16 counters, and their bytes: the sign words that 512 coordinates share. */
    private static final int OUTPUT = 16;
    static final int OUTPUT_BYTES = 4 * OUTPUT;
    static final IntVector SIGN = IntVector.broadcast(INTS, ScalarKernels.SIGN);
    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);

    private final Loop words = (words, seed, _, count, stream, _) -> words(seed, stream, words, count);
    private final Loop add = (x, words, sum, n, _, factor) -> addAll(x, n, words, factor, sum);

    /** {@link ScalarKernels#threefry} for counters 0 to {@code count}. */
    void words(long words, long seed, int stream, int count) {
        Loop.run(this.words, words, seed, 0, count, stream, 0);
    }

    /** sum[i] = fma(s_i x[i], factor, sum[i]); n a multiple of {@link #STEP}. */
    void add(long x, int n, long words, float factor, long sum) {
        Loop.run(add, x, words, sum, n, 0, factor);
    }

    /** Four rounds of all counters, then the next four, with the state in {@code words}. */
    private static void words(long seed, int stream, long words, int count) {
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        int k2 = stream;
        int k3 = Threefry.DOMAIN;
        int k4 = Threefry.parity(k0, k1, k2, k3);
        for (int counter = 0; counter < count; counter += WIDTH) {
            long at = state(words, counter);
            store(LANE_NUMBERS.add(counter + k0), at);
            store(IntVector.broadcast(INTS, k1), at + OUTPUT_BYTES);
            store(IntVector.broadcast(INTS, k2), at + 2 * OUTPUT_BYTES);
            store(IntVector.broadcast(INTS, k3), at + 3 * OUTPUT_BYTES);
        }
        for (int group = 0; group < Threefry.GROUPS; group++) {
            int first = k0;
            k0 = k1;
            k1 = k2;
            k2 = k3;
            k3 = k4;
            k4 = first;
            for (int counter = 0; counter < count; counter += WIDTH) {
                fourRounds(state(words, counter), group & 1, k0, k1, k2, k3 + group + 1);
            }
        }
    }

    /** Where the first of the four outputs of some counters stands. */
    private static long state(long words, int counter) {
        return at(words, (counter & -OUTPUT) * 4 + (counter & OUTPUT - 1));
    }

    /** Four times x_a += x_b, x_b = rol(x_b, distance) ^ x_a, for two pairs; then the key. */
    private static void fourRounds(long at, int parity, int k0, int k1, int k2, int k3) {
        IntVector x0 = ints(at);
        IntVector x1 = ints(at + OUTPUT_BYTES);
        IntVector x2 = ints(at + 2 * OUTPUT_BYTES);
        IntVector x3 = ints(at + 3 * OUTPUT_BYTES);
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, Threefry.distance(parity, 0)).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, Threefry.distance(parity, 1)).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, Threefry.distance(parity, 2)).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, Threefry.distance(parity, 3)).lanewise(XOR, x2);
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, Threefry.distance(parity, 4)).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, Threefry.distance(parity, 5)).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, Threefry.distance(parity, 6)).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, Threefry.distance(parity, 7)).lanewise(XOR, x2);
        store(x0.add(k0), at);
        store(x1.add(k1), at + OUTPUT_BYTES);
        store(x2.add(k2), at + 2 * OUTPUT_BYTES);
        store(x3.add(k3), at + 3 * OUTPUT_BYTES);
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

    /** The first of the 16 sign words of coordinate i, a multiple of the width, and of those that share them, or one after. */
    static long row(long words, int i) {
        return at(words, (i >>> 9) * OUTPUT + (i & OUTPUT - 1));
    }

    /** The bit of those words, counted from the highest. */
    static int bit(int i) {
        return i >>> 4 & 31;
    }

    /** The signs of the k-th vector from a coordinate on, in the highest bit of each lane. */
    static IntVector signs(long row, int bit, int k) {
        return ints(row + 4 * (k * WIDTH & OUTPUT - 1)).lanewise(LSHL, bit).lanewise(LSHL, k * WIDTH / OUTPUT);
    }
}
