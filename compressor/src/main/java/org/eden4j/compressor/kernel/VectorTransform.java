package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.XOR;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.MEMORY;
import static org.eden4j.compressor.kernel.Lanes.NATIVE;
import static org.eden4j.compressor.kernel.Lanes.VECTOR;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.distance;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.ints;
import static org.eden4j.compressor.kernel.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The fast Walsh-Hadamard transform in vectors. All loops together compute
 *
 * <pre>
 * for each stride, ascending, and each pair a = x[i], b = x[i + stride]:   x[i] = a + b,  x[i + stride] = a - b
 * </pre>
 *
 * <p>Every coordinate undergoes the same additions in the same order whatever the width, so all bits agree.
 *
 * <p>A stride below the width takes a permutation and a multiplication by +-1; larger strides are additions over eight,
 * four or two arms at a time: one load and one store for three, two or one strides. The first pass may read its
 * coordinates from elsewhere and apply random signs. The last pass may apply signs to its results, where they cost less
 * beside loads and stores, and add them to a sum. Neither takes a pass of its own. A block of {@link #LEAF} stays in
 * L1; larger blocks are processed depth first, one such part after another.
 *
 * <p>With eight arms half of the sums are fused multiply-adds by +-1, which round alike and use other execution units
 * than additions. Sixteen arms, or sixteen registers in the first pass, were not faster.
 */
public final class VectorTransform {
    /** Number of coordinates that stay in L1. */
    static final int LEAF = 1 << 12;

    /**
     * Stride of a leaf's last pass, which always has eight arms; each begins a group of coordinates that share their
     * sign words.
     */
    public static final int LAST_STRIDE = Kernels.SIGN_GROUP;

    static {
        assert LEAF == 8 * LAST_STRIDE : LAST_STRIDE;
    }

    private static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1f);
    private static final FloatVector MINUS_ONE = FloatVector.broadcast(FLOATS, -1f);
    private static final FloatVector FACTORS_1 = factors(1);
    private static final FloatVector FACTORS_2 = factors(2);
    private static final FloatVector FACTORS_4 = factors(4);
    private static final FloatVector FACTORS_8 = factors(8);
    private static final VectorShuffle<Float> PARTNERS_1 = partners(1);
    private static final VectorShuffle<Float> PARTNERS_2 = partners(2);
    private static final VectorShuffle<Float> PARTNERS_4 = partners(4);
    private static final VectorShuffle<Float> PARTNERS_8 = partners(8);

    private final Loop smallStrides = (x, _, _, n, _, _) -> smallStrides(x, n);
    private final Loop signedSmallStrides = (x, from, words, n, _, _) -> signedSmallStrides(from, n, words, x);
    private final Loop radix2 = (x, _, _, n, stride, _) -> radix2(x, n, stride);
    private final Loop radix4 = (x, _, _, n, stride, _) -> radix4(x, n, stride);
    private final Loop radix8 = (x, _, _, n, stride, _) -> radix8(x, n, stride);
    private final Loop signedRadix8 = (x, words, _, n, _, _) -> signedRadix8(x, n, words);
    private final Loop lastRadix8 = (x, words, sum, n, _, factor) -> lastRadix8(x, n, words, factor, sum);

    private static FloatVector factors(int stride) {
        float[] factors = new float[WIDTH];
        for (int lane = 0; lane < WIDTH; lane++) {
            factors[lane] = (lane & stride) == 0 ? 1 : -1;
        }
        return FloatVector.fromArray(FLOATS, factors, 0);
    }

    private static VectorShuffle<Float> partners(int stride) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ stride) & WIDTH - 1);
    }

    /** Computes H x for the n coordinates at an address. */
    void hadamard(long x, int n) {
        transform(smallStrides, x, n, 0, x);
    }

    /** Computes H (s from) for the signs s of {@code words}, in place or from elsewhere. */
    void rotate(long from, int n, long words, long x) {
        transform(signedSmallStrides, from, n, words, x);
    }

    private void transform(Loop first, long from, int n, long words, long x) {
        int leaf = Math.min(n, LEAF);
        for (int start = 0; start < n; start += leaf) {
            Loop.run(first, x + 4L * start, from + 4L * start, words + start / Byte.SIZE, leaf, 0, 0);
            largeStrides(x, start + leaf, n);
        }
    }

    /** Computes H s' H s from, for a block of {@link #LEAF}; s are the signs of {@code firstWords}. */
    void rotateTwice(long from, long firstWords, long words, long x) {
        Loop.run(signedSmallStrides, x, from, firstWords, LEAF, 0, 0);
        middleStrides(x);
        Loop.run(signedRadix8, x, words, 0, LEAF, 0, 0);
        hadamard(x, LEAF);
    }

    /** Sets sum to fma(s' H s H x, factor, sum) for a block of {@link #LEAF}; s' are the signs of {@code lastWords}. */
    void addInverseTwice(long x, long words, long lastWords, float factor, long sum) {
        Loop.run(smallStrides, x, 0, 0, LEAF, 0, 0);
        middleStrides(x);
        Loop.run(signedRadix8, x, words, 0, LEAF, 0, 0);
        Loop.run(smallStrides, x, 0, 0, LEAF, 0, 0);
        middleStrides(x);
        Loop.run(lastRadix8, x, lastWords, sum, LEAF, 0, factor);
    }

    /** Performs the strides of a leaf between the small ones and the last three. */
    private void middleStrides(long x) {
        for (int stride = 4 * WIDTH; stride < LAST_STRIDE; stride *= arms(LEAF / stride)) {
            combine(x, LEAF, stride, arms(LEAF / stride));
        }
    }

    /** Performs the strides from 4 WIDTH on that are complete with the leaf that ends at {@code end}. */
    private void largeStrides(long x, int end, int n) {
        int leaf = Math.min(n, LEAF);
        int stride = 4 * WIDTH;
        while (stride < n) {
            int arms = arms((stride < leaf ? leaf : n) / stride);
            int part = Math.max(leaf, stride * arms);
            if (end % part != 0) {
                return;
            }
            combine(x + 4L * (end - part), part, stride, arms);
            stride *= arms;
        }
    }

    /**
     * Returns the number of arms to combine if {@code left} strides are left: 8, 4 or 2, so that the fewest passes
     * remain.
     */
    private static int arms(int left) {
        int strides = Integer.numberOfTrailingZeros(left);
        return left == 2 ? 2 : strides % 3 == 0 ? 8 : 4;
    }

    private void combine(long x, int n, int stride, int arms) {
        Loop radix = switch (arms) {
            case 2 -> radix2;
            case 4 -> radix4;
            default -> radix8;
        };
        Loop.run(radix, x, 0, 0, n, stride, 0);
    }

    /** Strides 1 to 2 WIDTH: those within a register, then four registers together. */
    private static void smallStrides(long x, int n) {
        for (int i = 0; i < n; i += 4 * WIDTH) {
            long at = at(x, i);
            FloatVector v0 = withinRegister(floats(at));
            FloatVector v1 = withinRegister(floats(at + VECTOR));
            FloatVector v2 = withinRegister(floats(at + 2 * VECTOR));
            FloatVector v3 = withinRegister(floats(at + 3 * VECTOR));
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            store(a0.add(a2), at);
            store(a1.add(a3), at + VECTOR);
            store(a0.sub(a2), at + 2 * VECTOR);
            store(a1.sub(a3), at + 3 * VECTOR);
        }
    }

    /** The same for coordinates from elsewhere, negated by their signs. */
    private static void signedSmallStrides(long from, int n, long words, long x) {
        for (int i = 0; i < n; i += 4 * WIDTH) {
            long row = VectorSigns.row(words, i);
            int bit = VectorSigns.bit(i);
            long at = at(from, i);
            long to = at(x, i);
            IntVector s0 = VectorSigns.signs(row, bit, 0).and(VectorSigns.SIGN);
            IntVector s1 = VectorSigns.signs(row, bit, 1).and(VectorSigns.SIGN);
            IntVector s2 = VectorSigns.signs(row, bit, 2).and(VectorSigns.SIGN);
            IntVector s3 = VectorSigns.signs(row, bit, 3).and(VectorSigns.SIGN);
            FloatVector v0 = ints(at).lanewise(XOR, s0).viewAsFloatingLanes();
            FloatVector v1 = ints(at + VECTOR).lanewise(XOR, s1).viewAsFloatingLanes();
            FloatVector v2 = ints(at + 2 * VECTOR).lanewise(XOR, s2).viewAsFloatingLanes();
            FloatVector v3 = ints(at + 3 * VECTOR).lanewise(XOR, s3).viewAsFloatingLanes();
            v0 = v0.fma(FACTORS_1, v0.rearrange(PARTNERS_1));
            v1 = v1.fma(FACTORS_1, v1.rearrange(PARTNERS_1));
            v2 = v2.fma(FACTORS_1, v2.rearrange(PARTNERS_1));
            v3 = v3.fma(FACTORS_1, v3.rearrange(PARTNERS_1));
            v0 = v0.fma(FACTORS_2, v0.rearrange(PARTNERS_2));
            v1 = v1.fma(FACTORS_2, v1.rearrange(PARTNERS_2));
            v2 = v2.fma(FACTORS_2, v2.rearrange(PARTNERS_2));
            v3 = v3.fma(FACTORS_2, v3.rearrange(PARTNERS_2));
            if (WIDTH > 4) {
                v0 = v0.fma(FACTORS_4, v0.rearrange(PARTNERS_4));
                v1 = v1.fma(FACTORS_4, v1.rearrange(PARTNERS_4));
                v2 = v2.fma(FACTORS_4, v2.rearrange(PARTNERS_4));
                v3 = v3.fma(FACTORS_4, v3.rearrange(PARTNERS_4));
            }
            if (WIDTH > 8) {
                v0 = v0.fma(FACTORS_8, v0.rearrange(PARTNERS_8));
                v1 = v1.fma(FACTORS_8, v1.rearrange(PARTNERS_8));
                v2 = v2.fma(FACTORS_8, v2.rearrange(PARTNERS_8));
                v3 = v3.fma(FACTORS_8, v3.rearrange(PARTNERS_8));
            }
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            a0.add(a2).intoMemorySegment(MEMORY, to, NATIVE);
            a1.add(a3).intoMemorySegment(MEMORY, to + VECTOR, NATIVE);
            a0.sub(a2).intoMemorySegment(MEMORY, to + 2 * VECTOR, NATIVE);
            a1.sub(a3).intoMemorySegment(MEMORY, to + 3 * VECTOR, NATIVE);
        }
    }

    private static FloatVector withinRegister(FloatVector v) {
        v = v.fma(FACTORS_1, v.rearrange(PARTNERS_1));
        v = v.fma(FACTORS_2, v.rearrange(PARTNERS_2));
        if (WIDTH > 4) {
            v = v.fma(FACTORS_4, v.rearrange(PARTNERS_4));
        }
        if (WIDTH > 8) {
            v = v.fma(FACTORS_8, v.rearrange(PARTNERS_8));
        }
        return v;
    }

    private static void radix2(long x, int n, int stride) {
        long arm = distance(stride);
        for (int t = 0; t < n / 2; t += WIDTH) {
            long at = at(x, (t & -stride) << 1 | t & stride - 1);
            FloatVector v0 = floats(at);
            FloatVector v1 = floats(at + arm);
            store(v0.add(v1), at);
            store(v0.sub(v1), at + arm);
        }
    }

    private static void radix4(long x, int n, int stride) {
        long arm = distance(stride);
        for (int t = 0; t < n / 4; t += WIDTH) {
            long low = at(x, (t & -stride) << 2 | t & stride - 1);
            long high = low + 2 * arm;
            FloatVector v0 = floats(low);
            FloatVector v1 = floats(low + arm);
            FloatVector v2 = floats(high);
            FloatVector v3 = floats(high + arm);
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            store(a0.add(a2), low);
            store(a1.add(a3), low + arm);
            store(a0.sub(a2), high);
            store(a1.sub(a3), high + arm);
        }
    }

    private static void radix8(long x, int n, int stride) {
        long arm = distance(stride);
        for (int t = 0; t < n / 8; t += WIDTH) {
            long low = at(x, (t & -stride) << 3 | t & stride - 1);
            long high = low + 4 * arm;
            FloatVector v0 = floats(low);
            FloatVector v1 = floats(low + arm);
            FloatVector v2 = floats(low + 2 * arm);
            FloatVector v3 = floats(low + 3 * arm);
            FloatVector v4 = floats(high);
            FloatVector v5 = floats(high + arm);
            FloatVector v6 = floats(high + 2 * arm);
            FloatVector v7 = floats(high + 3 * arm);
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            FloatVector a4 = v5.fma(ONE, v4);
            FloatVector a5 = v5.fma(MINUS_ONE, v4);
            FloatVector a6 = v7.fma(ONE, v6);
            FloatVector a7 = v7.fma(MINUS_ONE, v6);
            FloatVector b0 = a0.add(a2);
            FloatVector b1 = a1.add(a3);
            FloatVector b2 = a0.sub(a2);
            FloatVector b3 = a1.sub(a3);
            FloatVector b4 = a6.fma(ONE, a4);
            FloatVector b5 = a7.fma(ONE, a5);
            FloatVector b6 = a6.fma(MINUS_ONE, a4);
            FloatVector b7 = a7.fma(MINUS_ONE, a5);
            store(b0.add(b4), low);
            store(b1.add(b5), low + arm);
            store(b2.add(b6), low + 2 * arm);
            store(b3.add(b7), low + 3 * arm);
            store(b4.fma(MINUS_ONE, b0), high);
            store(b5.fma(MINUS_ONE, b1), high + arm);
            store(b6.fma(MINUS_ONE, b2), high + 2 * arm);
            store(b7.fma(MINUS_ONE, b3), high + 3 * arm);
        }
    }

    /** The same at the last stride of a leaf, with the results negated by their signs. */
    private static void signedRadix8(long x, int n, long words) {
        long arm = distance(LAST_STRIDE);
        for (int t = 0; t < n / 8; t += WIDTH) {
            long low = at(x, t);
            long high = low + 4 * arm;
            long row = VectorSigns.row(words, t);
            int bit = VectorSigns.bit(t);
            IntVector s0 = VectorSigns.armSigns(row, bit, 0);
            IntVector s1 = VectorSigns.armSigns(row, bit, 1);
            IntVector s2 = VectorSigns.armSigns(row, bit, 2);
            IntVector s3 = VectorSigns.armSigns(row, bit, 3);
            IntVector s4 = VectorSigns.armSigns(row, bit, 4);
            IntVector s5 = VectorSigns.armSigns(row, bit, 5);
            IntVector s6 = VectorSigns.armSigns(row, bit, 6);
            IntVector s7 = VectorSigns.armSigns(row, bit, 7);
            FloatVector v0 = floats(low);
            FloatVector v1 = floats(low + arm);
            FloatVector v2 = floats(low + 2 * arm);
            FloatVector v3 = floats(low + 3 * arm);
            FloatVector v4 = floats(high);
            FloatVector v5 = floats(high + arm);
            FloatVector v6 = floats(high + 2 * arm);
            FloatVector v7 = floats(high + 3 * arm);
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            FloatVector a4 = v5.fma(ONE, v4);
            FloatVector a5 = v5.fma(MINUS_ONE, v4);
            FloatVector a6 = v7.fma(ONE, v6);
            FloatVector a7 = v7.fma(MINUS_ONE, v6);
            FloatVector b0 = a0.add(a2);
            FloatVector b1 = a1.add(a3);
            FloatVector b2 = a0.sub(a2);
            FloatVector b3 = a1.sub(a3);
            FloatVector b4 = a6.fma(ONE, a4);
            FloatVector b5 = a7.fma(ONE, a5);
            FloatVector b6 = a6.fma(MINUS_ONE, a4);
            FloatVector b7 = a7.fma(MINUS_ONE, a5);
            b0.add(b4).viewAsIntegralLanes().lanewise(XOR, s0).intoMemorySegment(MEMORY, low, NATIVE);
            b1.add(b5).viewAsIntegralLanes().lanewise(XOR, s1).intoMemorySegment(MEMORY, low + arm, NATIVE);
            b2.add(b6).viewAsIntegralLanes().lanewise(XOR, s2).intoMemorySegment(MEMORY, low + 2 * arm, NATIVE);
            b3.add(b7).viewAsIntegralLanes().lanewise(XOR, s3).intoMemorySegment(MEMORY, low + 3 * arm, NATIVE);
            b4.fma(MINUS_ONE, b0)
                .viewAsIntegralLanes()
                .lanewise(XOR, s4)
                .intoMemorySegment(MEMORY, low + 4 * arm, NATIVE);
            b5.fma(MINUS_ONE, b1)
                .viewAsIntegralLanes()
                .lanewise(XOR, s5)
                .intoMemorySegment(MEMORY, low + 5 * arm, NATIVE);
            b6.fma(MINUS_ONE, b2)
                .viewAsIntegralLanes()
                .lanewise(XOR, s6)
                .intoMemorySegment(MEMORY, low + 6 * arm, NATIVE);
            b7.fma(MINUS_ONE, b3)
                .viewAsIntegralLanes()
                .lanewise(XOR, s7)
                .intoMemorySegment(MEMORY, low + 7 * arm, NATIVE);
        }
    }

    /**
     * The same, added to a sum. Reads everything before it writes: a load that looks like a preceding store would wait.
     */
    private static void lastRadix8(long x, int n, long words, float factor, long sum) {
        long arm = distance(LAST_STRIDE);
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int t = 0; t < n / 8; t += WIDTH) {
            long low = at(x, t);
            long high = low + 4 * arm;
            long row = VectorSigns.row(words, t);
            int bit = VectorSigns.bit(t);
            long to = at(sum, t);
            IntVector s0 = VectorSigns.armSigns(row, bit, 0);
            IntVector s1 = VectorSigns.armSigns(row, bit, 1);
            IntVector s2 = VectorSigns.armSigns(row, bit, 2);
            IntVector s3 = VectorSigns.armSigns(row, bit, 3);
            IntVector s4 = VectorSigns.armSigns(row, bit, 4);
            IntVector s5 = VectorSigns.armSigns(row, bit, 5);
            IntVector s6 = VectorSigns.armSigns(row, bit, 6);
            IntVector s7 = VectorSigns.armSigns(row, bit, 7);
            FloatVector t0 = floats(to);
            FloatVector t1 = floats(to + arm);
            FloatVector t2 = floats(to + 2 * arm);
            FloatVector t3 = floats(to + 3 * arm);
            FloatVector t4 = floats(to + 4 * arm);
            FloatVector t5 = floats(to + 5 * arm);
            FloatVector t6 = floats(to + 6 * arm);
            FloatVector t7 = floats(to + 7 * arm);
            FloatVector v0 = floats(low);
            FloatVector v1 = floats(low + arm);
            FloatVector v2 = floats(low + 2 * arm);
            FloatVector v3 = floats(low + 3 * arm);
            FloatVector v4 = floats(high);
            FloatVector v5 = floats(high + arm);
            FloatVector v6 = floats(high + 2 * arm);
            FloatVector v7 = floats(high + 3 * arm);
            FloatVector a0 = v0.add(v1);
            FloatVector a1 = v0.sub(v1);
            FloatVector a2 = v2.add(v3);
            FloatVector a3 = v2.sub(v3);
            FloatVector a4 = v5.fma(ONE, v4);
            FloatVector a5 = v5.fma(MINUS_ONE, v4);
            FloatVector a6 = v7.fma(ONE, v6);
            FloatVector a7 = v7.fma(MINUS_ONE, v6);
            FloatVector b0 = a0.add(a2);
            FloatVector b1 = a1.add(a3);
            FloatVector b2 = a0.sub(a2);
            FloatVector b3 = a1.sub(a3);
            FloatVector b4 = a6.fma(ONE, a4);
            FloatVector b5 = a7.fma(ONE, a5);
            FloatVector b6 = a6.fma(MINUS_ONE, a4);
            FloatVector b7 = a7.fma(MINUS_ONE, a5);
            b0.add(b4)
                .viewAsIntegralLanes()
                .lanewise(XOR, s0)
                .viewAsFloatingLanes()
                .fma(factors, t0)
                .intoMemorySegment(MEMORY, to, NATIVE);
            b1.add(b5)
                .viewAsIntegralLanes()
                .lanewise(XOR, s1)
                .viewAsFloatingLanes()
                .fma(factors, t1)
                .intoMemorySegment(MEMORY, to + arm, NATIVE);
            b2.add(b6)
                .viewAsIntegralLanes()
                .lanewise(XOR, s2)
                .viewAsFloatingLanes()
                .fma(factors, t2)
                .intoMemorySegment(MEMORY, to + 2 * arm, NATIVE);
            b3.add(b7)
                .viewAsIntegralLanes()
                .lanewise(XOR, s3)
                .viewAsFloatingLanes()
                .fma(factors, t3)
                .intoMemorySegment(MEMORY, to + 3 * arm, NATIVE);
            b4.fma(MINUS_ONE, b0)
                .viewAsIntegralLanes()
                .lanewise(XOR, s4)
                .viewAsFloatingLanes()
                .fma(factors, t4)
                .intoMemorySegment(MEMORY, to + 4 * arm, NATIVE);
            b5.fma(MINUS_ONE, b1)
                .viewAsIntegralLanes()
                .lanewise(XOR, s5)
                .viewAsFloatingLanes()
                .fma(factors, t5)
                .intoMemorySegment(MEMORY, to + 5 * arm, NATIVE);
            b6.fma(MINUS_ONE, b2)
                .viewAsIntegralLanes()
                .lanewise(XOR, s6)
                .viewAsFloatingLanes()
                .fma(factors, t6)
                .intoMemorySegment(MEMORY, to + 6 * arm, NATIVE);
            b7.fma(MINUS_ONE, b3)
                .viewAsIntegralLanes()
                .lanewise(XOR, s7)
                .viewAsFloatingLanes()
                .fma(factors, t7)
                .intoMemorySegment(MEMORY, to + 7 * arm, NATIVE);
        }
    }
}
