package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.ints;
import static org.eden4j.compressor.kernel.Lanes.store;
import static org.eden4j.compressor.kernel.Lanes.storeWire;
import static org.eden4j.compressor.kernel.Lanes.wireInts;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Nearest centroids in vectors. All loops compute
 *
 * <pre>
 * z = fma(x[i], scale, shift),   indices[i] = (boundaries below |z|) with 2^(b-1) added if z &lt; -TIE
 * </pre>
 *
 * <p>Up to three bits, z is compared with each boundary. At four bits the {@link Segments segment} determines the
 * boundary to compare with. At five bits, if the search tree fits a register, a walk down the tree looks up each
 * boundary. Otherwise {@link Companding} guesses the nearest boundary, and one comparison with it makes the index
 * exact. Only the loops of up to four bits take a shift, as the bits of a float.
 */
final class VectorQuantizer {
    /** Number of lanes of a packed block. */
    private static final int LANES = 16;
    private static final int FOUR = 4 * LANES;
    /** The single magnitude of one bit. */
    private static final FloatVector MAGNITUDE = FloatVector.broadcast(FLOATS, Codebook.ofBits(1).floatCentroids()[0]);

    /** Approximations from five bits on; shared by all codecs, and fitted in a millisecond. */
    private static final Companding[] COMPANDINGS = compandings();

    private static final Segments SEGMENTS = new Segments(Codebook.ofBits(4).floatBoundaries());

    private final Loop[] first = new Loop[Codebook.MAX_BITS + 1];
    private final Loop[] second = new Loop[Codebook.MAX_BITS + 1];
    /** Number of passes through the second, by eight registers of limits each. */
    private final int[] parts = new int[Codebook.MAX_BITS + 1];

    private final Loop packSigns = (x, payload, centroids, n, shift, scale) -> packSigns(x, payload, centroids, n,
            scale, Float.intBitsToFloat(shift));

    private static Companding[] compandings() {
        Companding[] compandings = new Companding[Codebook.MAX_BITS + 1];
        for (int bits = 5; bits <= Codebook.MAX_BITS; bits++) {
            compandings[bits] = new Companding(Codebook.ofBits(bits).floatBoundaries());
        }
        return compandings;
    }

    VectorQuantizer() {
        for (int bits = 1; bits <= Codebook.MAX_BITS; bits++) {
            if (bits <= 4 || 1 << bits - 1 <= WIDTH) {
                first[bits] = exact(Codebook.ofBits(bits));
            } else {
                Companding lines = COMPANDINGS[bits];
                first[bits] = (x, indices, _, n, _, scale) -> guess(x, n, scale, lines, indices);
                int[] limits = lines.limits();
                int sign = 1 << bits - 1;
                parts[bits] = limits.length / RegisterTable.EIGHT;
                second[bits] = parts[bits] == 1
                        ? (x, indices, _, n, _, scale) -> correct(x, n, scale, sign, limits, indices)
                        : (x, indices, _, n, from, scale) -> correctPart(x, n, scale, sign, limits, from, indices);
            }
        }
    }

    private static Loop exact(Codebook codebook) {
        float[] t = codebook.floatBoundaries();
        return switch (codebook.bits()) {
            case 1 -> (x, indices, _, n, shift, scale) -> one(x, n, scale, Float.intBitsToFloat(shift), indices);
            case 2 -> (x, indices, _, n, shift, scale) -> two(x, n, scale, Float.intBitsToFloat(shift), t[0], indices);
            case 3 -> (x, indices, _, n, shift, scale) -> three(x, n, scale, Float.intBitsToFloat(shift), t[0], t[1],
                    t[2], indices);
            case 4 ->
                (x, indices, _, n, shift, scale) -> four(x, n, scale, Float.intBitsToFloat(shift), SEGMENTS, indices);
            default -> {
                int[] tree = RegisterTable.of(codebook.boundaryTree());
                yield (x, indices, _, n, _, scale) -> five(x, n, scale, tree, indices);
            }
        };
    }

    void quantize(long x, int n, float scale, float shift, int bits, long indices) {
        assert shift == 0 || bits <= Kernels.MOST_SHIFTED_BITS : bits;
        Loop.run(first[bits], x, indices, 0, n, Float.floatToRawIntBits(shift), scale);
        for (int part = 0; part < parts[bits]; part++) {
            Loop.run(second[bits], x, indices, 0, n, part * RegisterTable.EIGHT, scale);
        }
    }

    private static void one(long x, int n, float scale, float shift, long indices) {
        for (int i = 0; i < n; i += WIDTH) {
            store(IntVector.zero(INTS).add(1, negative(floats(at(x, i)).fma(scale, shift))), at(indices, i));
        }
    }

    /** Packs one bit, and stores the centroids, for blocks of whole groups of 512. */
    void packSigns(long x, int n, float scale, float shift, long payload, long centroids) {
        Loop.run(packSigns, x, payload, centroids, n, Float.floatToRawIntBits(shift), scale);
    }

    private static void packSigns(long x, long payload, long centroids, int n, float scale, float shift) {
        for (int i = 0; i < n; i += FOUR) {
            for (int lane = 0; lane < LANES; lane += WIDTH) {
                long at = at(x, i + lane);
                long to = at(centroids, i + lane);
                VectorMask<Float> m0 = floats(at).fma(scale, shift).compare(LT, -Codebook.TIE);
                VectorMask<Float> m1 = floats(at + 4 * LANES).fma(scale, shift).compare(LT, -Codebook.TIE);
                VectorMask<Float> m2 = floats(at + 8 * LANES).fma(scale, shift).compare(LT, -Codebook.TIE);
                VectorMask<Float> m3 = floats(at + 12 * LANES).fma(scale, shift).compare(LT, -Codebook.TIE);
                store(MAGNITUDE.lanewise(NEG, m0), to);
                store(MAGNITUDE.lanewise(NEG, m1), to + 4 * LANES);
                store(MAGNITUDE.lanewise(NEG, m2), to + 8 * LANES);
                store(MAGNITUDE.lanewise(NEG, m3), to + 12 * LANES);
                IntVector signs = IntVector.zero(INTS)
                    .add(1, m0.cast(INTS))
                    .add(2, m1.cast(INTS))
                    .add(4, m2.cast(INTS))
                    .add(8, m3.cast(INTS))
                    .lanewise(LSHL, i / LANES);
                long row = at(payload, i / Kernels.SIGN_GROUP * LANES + lane);
                // The first iteration of a group clears the old row.
                int kept = (i & Kernels.SIGN_GROUP - 1) == 0 ? 0 : -1;
                storeWire(wireInts(row).lanewise(AND, kept).lanewise(OR, signs), row);
            }
        }
    }

    private static void two(long x, int n, float scale, float shift, float t0, long indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(x, i)).fma(scale, shift);
            IntVector index = IntVector.zero(INTS).add(1, above(z.abs(), t0));
            store(index.lanewise(OR, 2, negative(z)), at(indices, i));
        }
    }

    private static void three(long x, int n, float scale, float shift, float t0, float t1, float t2, long indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(x, i)).fma(scale, shift);
            FloatVector a = z.abs();
            IntVector index = IntVector.zero(INTS).add(1, above(a, t0)).add(1, above(a, t1)).add(1, above(a, t2));
            store(index.lanewise(OR, 4, negative(z)), at(indices, i));
        }
    }

    private static VectorMask<Integer> above(FloatVector magnitude, float boundary) {
        return magnitude.compare(GT, boundary).cast(INTS);
    }

    private static VectorMask<Integer> negative(FloatVector z) {
        return z.compare(LT, -Codebook.TIE).cast(INTS);
    }

    private static void four(long x, int n, float scale, float shift, Segments segments, long indices) {
        int[] bases = segments.bases();
        int[] limits = segments.limits();
        int top = segments.top();
        float perUnit = segments.segmentsPerUnit();
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(x, i)).fma(scale, shift);
            IntVector a = z.abs().viewAsIntegralLanes();
            IntVector segment = rounded(a.min(top).viewAsFloatingLanes().mul(perUnit));
            IntVector limit = RegisterTable.selectSixteen(segment, limits);
            IntVector index = RegisterTable.selectSixteen(segment, bases).add(a.sub(limit).lanewise(ASHR, 31));
            store(index.lanewise(OR, 8, negative(z)), at(indices, i));
        }
    }

    /** Five bits: four levels of the tree. */
    private static void five(long x, int n, float scale, int[] boundaryTree, long indices) {
        IntVector tree = IntVector.fromArray(INTS, boundaryTree, 0);
        int root = boundaryTree[1];
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(x, i)).mul(scale);
            IntVector a = z.abs().viewAsIntegralLanes();
            IntVector node = child(child(child(top(root, a), tree, a), tree, a), tree, a);
            store(node.sub(16).lanewise(OR, 16, negative(z)), at(indices, i));
        }
    }

    /** Returns 2, or 3 if a is above the root's boundary: floats of one sign compare as their bits do. */
    private static IntVector top(int root, IntVector a) {
        return IntVector.broadcast(INTS, root).sub(a).lanewise(LSHR, 31).add(2);
    }

    private static IntVector child(IntVector node, IntVector tree, IntVector a) {
        return node.add(node).add(node.selectFrom(tree).sub(a).lanewise(LSHR, 31));
    }

    /** Six bits or more at 512 bit, five or more at 256 and 128 bit. */
    private static void guess(long x, int n, float scale, Companding lines, long indices) {
        int[] slopes = lines.slopes();
        int[] offsets = lines.offsets();
        int top = lines.top();
        float perUnit = lines.segmentsPerUnit();
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector a = floats(at(x, i)).mul(scale).abs().viewAsIntegralLanes().min(top).viewAsFloatingLanes();
            IntVector segment = rounded(a.mul(perUnit));
            IntVector slope = RegisterTable.selectSixteen(segment, slopes);
            store(guess(a, slope, RegisterTable.selectSixteen(segment, offsets)), at(indices, i));
        }
    }

    private static void correct(long x, int n, float scale, int sign, int[] limits, long indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(x, i)).mul(scale);
            IntVector guess = ints(at(indices, i));
            store(corrected(guess, z, RegisterTable.selectEight(guess, limits, 0), sign), at(indices, i));
        }
    }

    /**
     * Corrects only the guesses whose limits are in the eight registers from {@code from} on. In ascending order no
     * guess is corrected twice: a corrected one has its sign, or is one less.
     */
    private static void correctPart(long x, int n, float scale, int sign, int[] limits, int from, long indices) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(x, i)).mul(scale);
            IntVector guess = ints(at(indices, i));
            IntVector index = corrected(guess, z, RegisterTable.selectEight(guess, limits, from), sign);
            VectorMask<Integer> mine = guess.lanewise(AND, -RegisterTable.EIGHT).compare(EQ, from);
            store(guess.blend(index, mine), at(indices, i));
        }
    }

    /** Subtracts one if |z| is below the limit: floats of one sign compare as their bits do. */
    private static IntVector corrected(IntVector guess, FloatVector z, IntVector limit, int sign) {
        IntVector below = z.abs().viewAsIntegralLanes().sub(limit).lanewise(ASHR, 31);
        return guess.add(below).lanewise(OR, sign, negative(z));
    }

    /** Returns the nearest integer, in the low bits. */
    private static IntVector rounded(FloatVector small) {
        return small.add(Companding.NO_FRACTION).viewAsIntegralLanes();
    }

    private static IntVector guess(FloatVector a, IntVector slope, IntVector offset) {
        FloatVector line = a.fma(slope.viewAsFloatingLanes(), offset.viewAsFloatingLanes());
        return rounded(line).lanewise(AND, Companding.GUESS_BITS);
    }
}
