package org.eden4j.compressor;

import static org.eden4j.compressor.Lanes.FLOATS;
import static org.eden4j.compressor.Lanes.WIDTH;
import static org.eden4j.compressor.Lanes.floats;
import static org.eden4j.compressor.Lanes.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The fast Walsh-Hadamard transform in vectors, in place. The truth beside each loop is
 *
 * <pre>
 * for each stride, ascending, and each pair a = x[i], b = x[i + stride]:   x[i] = a + b,  x[i + stride] = a - b
 * </pre>
 *
 * and every coordinate meets the same additions in the same order whatever the width, so that all bits agree.
 *
 * <p>Strides below the width cost a permutation and a multiplication by +-1 each, which share two units of the processor;
 * those above are additions, taken eight, four or two arms at a time: one load and one store for three, two or one of
 * them. A block of {@link #LEAF} stays in L1; larger ones go depth first, one such part after the other. Sixteen arms
 * would pass the compiler's limit of nodes in one method and run ten times slower.
 */
final class VectorTransform {
    /** Coordinates that stay in L1. */
    static final int LEAF = 1 << 12;

    private static final int VECTOR = 4 * WIDTH;
    private static final FloatVector FACTORS_1 = factors(1);
    private static final FloatVector FACTORS_2 = factors(2);
    private static final FloatVector FACTORS_4 = factors(4);
    private static final FloatVector FACTORS_8 = factors(8);
    private static final VectorShuffle<Float> PARTNERS_1 = partners(1);
    private static final VectorShuffle<Float> PARTNERS_2 = partners(2);
    private static final VectorShuffle<Float> PARTNERS_4 = partners(4);
    private static final VectorShuffle<Float> PARTNERS_8 = partners(8);

    private final Loop smallStrides = (x, _, _, n, _, _) -> smallStrides(x, n);
    private final Loop radix2 = (x, _, _, n, stride, _) -> radix2(x, n, stride);
    private final Loop radix4 = (x, _, _, n, stride, _) -> radix4(x, n, stride);
    private final Loop radix8 = (x, _, _, n, stride, _) -> radix8(x, n, stride);

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

    /** All strides below n of the n coordinates at an address. */
    void hadamard(long x, int n) {
        if (n <= LEAF) {
            Loop.run(smallStrides, x, 0, 0, n, 0, 0);
            for (int stride = 4 * WIDTH; stride < n; stride *= arms(n / stride)) {
                combine(x, n, stride);
            }
            return;
        }
        int arms = arms(n / LEAF);
        int part = n / arms;
        for (int start = 0; start < n; start += part) {
            hadamard(x + 4L * start, part);
        }
        combine(x, n, part);
    }

    /** How many arms to take together where {@code left} are left: 8, 4 or 2, so that the fewest passes remain. */
    private static int arms(int left) {
        int strides = Integer.numberOfTrailingZeros(left);
        return left == 2 ? 2 : strides % 3 == 0 ? 8 : 4;
    }

    private void combine(long x, int n, int stride) {
        Loop radix = switch (arms(n / stride)) {
            case 2 -> radix2;
            case 4 -> radix4;
            default -> radix8;
        };
        Loop.run(radix, x, 0, 0, n, stride, 0);
    }

    /** Strides 1 to 2 WIDTH: those within a register, then four registers together. */
    private static void smallStrides(long x, int n) {
        for (int i = 0; i < n; i += 4 * WIDTH) {
            long at = x + 4L * i;
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
        long arm = 4L * stride;
        for (int t = 0; t < n / 2; t += WIDTH) {
            long at = x + 4L * ((t & -stride) << 1 | t & stride - 1);
            FloatVector v0 = floats(at);
            FloatVector v1 = floats(at + arm);
            store(v0.add(v1), at);
            store(v0.sub(v1), at + arm);
        }
    }

    private static void radix4(long x, int n, int stride) {
        long arm = 4L * stride;
        for (int t = 0; t < n / 4; t += WIDTH) {
            long low = x + 4L * ((t & -stride) << 2 | t & stride - 1);
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
        long arm = 4L * stride;
        for (int t = 0; t < n / 8; t += WIDTH) {
            long low = x + 4L * ((t & -stride) << 3 | t & stride - 1);
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
            FloatVector a4 = v4.add(v5);
            FloatVector a5 = v4.sub(v5);
            FloatVector a6 = v6.add(v7);
            FloatVector a7 = v6.sub(v7);
            FloatVector b0 = a0.add(a2);
            FloatVector b1 = a1.add(a3);
            FloatVector b2 = a0.sub(a2);
            FloatVector b3 = a1.sub(a3);
            FloatVector b4 = a4.add(a6);
            FloatVector b5 = a5.add(a7);
            FloatVector b6 = a4.sub(a6);
            FloatVector b7 = a5.sub(a7);
            store(b0.add(b4), low);
            store(b1.add(b5), low + arm);
            store(b2.add(b6), low + 2 * arm);
            store(b3.add(b7), low + 3 * arm);
            store(b0.sub(b4), high);
            store(b1.sub(b5), high + arm);
            store(b2.sub(b6), high + 2 * arm);
            store(b3.sub(b7), high + 3 * arm);
        }
    }
}
