package org.eden4j.compressor;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.eden4j.compressor.Lanes.FLOATS;
import static org.eden4j.compressor.Lanes.INTS;
import static org.eden4j.compressor.Lanes.WIDTH;
import static org.eden4j.compressor.Lanes.floats;
import static org.eden4j.compressor.Lanes.ints;
import static org.eden4j.compressor.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Random signs in vectors: {@link Threefry} for their words, and what negates by them. */
final class VectorSigns {
    /** Coordinates whose signs come from one load of words. */
    static final int STEP = 64;

    /** Words of one output of the generator for 16 counters, and the bytes from there to the next output. */
    private static final int OUTPUT = 16;
    private static final int OUTPUT_BYTES = 4 * OUTPUT;
    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);

    private final Loop words = (words, seed, _, count, stream, _) -> words(seed, stream, words, count);
    private final Loop flip = (x, words, _, n, _, factor) -> flipAll(x, n, words, factor);
    private final Loop add = (x, words, sum, n, _, factor) -> addAll(x, n, words, factor, sum);

    /** {@link ScalarKernels#threefry} for counters 0 to {@code count}. */
    void words(long words, long seed, int stream, int count) {
        Loop.run(this.words, words, seed, 0, count, stream, 0);
    }

    /** x[i] = s_i (factor x[i]); n a multiple of {@value #STEP}. */
    void flip(long x, int n, long words, float factor) {
        Loop.run(flip, x, words, 0, n, 0, factor);
    }

    /** sum[i] = fma(s_i x[i], factor, sum[i]); n a multiple of {@value #STEP}. */
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
        return words + 4L * ((counter & -OUTPUT) * 4 + (counter & OUTPUT - 1));
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

    private static void flipAll(long x, int n, long words, float factor) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < n; i += STEP) {
            for (int lane = 0; lane < OUTPUT; lane += WIDTH) {
                IntVector signs = signs(words, i, lane);
                long at = x + 4L * (i + lane);
                flip(at, signs, factors);
                signs = signs.add(signs);
                flip(at + OUTPUT_BYTES, signs, factors);
                signs = signs.add(signs);
                flip(at + 2 * OUTPUT_BYTES, signs, factors);
                signs = signs.add(signs);
                flip(at + 3 * OUTPUT_BYTES, signs, factors);
            }
        }
    }

    private static void flip(long x, IntVector signs, FloatVector factors) {
        store(negate(floats(x).mul(factors), signs), x);
    }

    private static void addAll(long x, int n, long words, float factor, long sum) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < n; i += STEP) {
            for (int lane = 0; lane < OUTPUT; lane += WIDTH) {
                IntVector signs = signs(words, i, lane);
                long from = x + 4L * (i + lane);
                long to = sum + 4L * (i + lane);
                add(from, signs, factors, to);
                signs = signs.add(signs);
                add(from + OUTPUT_BYTES, signs, factors, to + OUTPUT_BYTES);
                signs = signs.add(signs);
                add(from + 2 * OUTPUT_BYTES, signs, factors, to + 2 * OUTPUT_BYTES);
                signs = signs.add(signs);
                add(from + 3 * OUTPUT_BYTES, signs, factors, to + 3 * OUTPUT_BYTES);
            }
        }
    }

    private static void add(long x, IntVector signs, FloatVector factors, long sum) {
        store(negate(floats(x), signs).fma(factors, floats(sum)), sum);
    }

    /** The sign words of coordinates i + lane, ..., the sign of those in the highest bit, of 16 coordinates on in the next. */
    private static IntVector signs(long words, int i, int lane) {
        return ints(words + 4L * ((i >>> 9) * OUTPUT + lane)).lanewise(LSHL, i >>> 4 & 31);
    }

    /** Negates where the highest bit is set. */
    private static FloatVector negate(FloatVector v, IntVector signs) {
        return v.lanewise(NEG, signs.compare(LT, 0).cast(FLOATS));
    }
}
