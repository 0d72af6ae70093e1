package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.F2S;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.eden4j.compressor.kernel.CodingKernels.LANES;
import static org.eden4j.compressor.kernel.CodingKernels.METRIC_RUN;
import static org.eden4j.compressor.kernel.CodingKernels.METRIC_UNITS;
import static org.eden4j.compressor.kernel.CodingKernels.ROUND;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.MEMORY;
import static org.eden4j.compressor.kernel.Lanes.NATIVE;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Viterbi algorithm for 16 lanes at a time, see {@link CodingKernels#latticeTrellis}. Four loops: fractions of the
 * coordinates, as shorts; metrics and decisions, 16 lanes of shorts in a vector of 256 bits; the way back, which finds residues;
 * and the integers of those residues.
 */
final class VectorTrellis {
    /** As many shorts as ints. */
    static final VectorSpecies<Short> SHORTS = switch (WIDTH) {
        case 4 -> ShortVector.SPECIES_64;
        case 8 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_256;
    };
    /** Lanes whose metrics are computed at a time. */
    private static final VectorSpecies<Short> PATHS = WIDTH == 4 ? ShortVector.SPECIES_128 : ShortVector.SPECIES_256;
    private static final int PATH_LANES = PATHS.length();
    private static final int STATES = 8;

    private final MemorySegment metricMemory = Arena.ofAuto().allocate((long) Short.BYTES * LANES * STATES, 64);
    private final long metrics = metricMemory.address();
    private final int[] ends = new int[LANES];

    private final Loop fractions = (y, work, _, n, limit, quarter) -> fractions(y, n, quarter,
            Float.intBitsToFloat(limit), work);
    private final Loop select = (work, metrics, _, n, lane, _) -> select(work, n, lane, metrics);
    private final Loop trace = (work, points, _, n, lane, _) -> trace(work, n, lane, points);
    private final Loop choose = (y, points, _, n, limit, quarter) -> choose(y, n, quarter, Float.intBitsToFloat(limit),
            points);
    private final Loop deadZone = (y, points, _, n, threshold, scale) -> threeLevels(y, n, scale,
            Float.intBitsToFloat(threshold), points);

    void quantize(long y, int n, float quarter, float limit, long work, long points) {
        int limitBits = Float.floatToRawIntBits(limit);
        Loop.run(fractions, y, work, 0, n, limitBits, quarter);
        for (int lane = 0; lane < LANES; lane += PATH_LANES) {
            Loop.run(select, work, metrics, 0, n, lane, 0);
        }
        bestEnds();
        for (int lane = 0; lane < LANES; lane += WIDTH) {
            Loop.run(trace, work, points, 0, n, lane, 0);
        }
        Loop.run(choose, y, points, 0, n, limitBits, quarter);
    }

    void deadZone(long y, int n, float scale, float threshold, long points) {
        Loop.run(deadZone, y, points, 0, n, Float.floatToRawIntBits(threshold), scale);
    }

    private static FloatVector clamped(long y, int i, float quarter, float limit) {
        return floats(at(y, i)).mul(quarter).min(limit).max(-limit);
    }

    private static void fractions(long y, int n, float quarter, float limit, long work) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector v = clamped(y, i, quarter, limit);
            FloatVector g = v.sub(v.add(ROUND).sub(ROUND)).mul(8 * METRIC_UNITS);
            ((ShortVector) g.convertShape(F2S, SHORTS, 0)).intoMemorySegment(MEMORY, shortAt(work, i), NATIVE);
        }
    }

    private static long shortAt(long x, int i) {
        return at(x, 0) + 2L * i;
    }

    private static ShortVector paths(long address) {
        return ShortVector.fromMemorySegment(PATHS, MEMORY, address, NATIVE);
    }

    /** Fractions become decisions, in place: bit s of a lane says that state s was reached from the higher of two. */
    private static void select(long work, int n, int lane, long metrics) {
        ShortVector m0 = ShortVector.zero(PATHS);
        ShortVector m1 = ShortVector.broadcast(PATHS, (short) CodingKernels.FAR);
        ShortVector m2 = m1;
        ShortVector m3 = m1;
        ShortVector m4 = m1;
        ShortVector m5 = m1;
        ShortVector m6 = m1;
        ShortVector m7 = m1;
        ShortVector one = ShortVector.broadcast(PATHS, (short) 1);
        ShortVector unit = ShortVector.broadcast(PATHS, (short) METRIC_UNITS);
        ShortVector four = ShortVector.broadcast(PATHS, (short) (4 * METRIC_UNITS));
        ShortVector nine = ShortVector.broadcast(PATHS, (short) (9 * METRIC_UNITS));
        for (int run = lane; run < n; run += METRIC_RUN * LANES) {
            int end = Math.min(n, run - lane + METRIC_RUN * LANES);
            for (int i = run; i < end; i += LANES) {
                long at = shortAt(work, i);
                ShortVector g = paths(at);
                ShortVector g2 = g.add(g);
                ShortVector g3 = g2.add(g);
                ShortVector d1 = unit.sub(g).min(nine.add(g3));
                ShortVector d2 = four.sub(g2.abs());
                ShortVector d3 = unit.add(g).min(nine.sub(g3));
                ShortVector low = m3.add(d1);
                ShortVector high = m7.add(d3);
                VectorMask<Short> k7 = high.compare(LT, low);
                ShortVector n7 = low.min(high);
                ShortVector w = ShortVector.zero(PATHS).add(one, k7);
                low = m3.add(d3);
                high = m7.add(d1);
                w = w.add(w).add(one, high.compare(LT, low));
                ShortVector n6 = low.min(high);
                low = m2.add(d3);
                high = m6.add(d1);
                w = w.add(w).add(one, high.compare(LT, low));
                ShortVector n5 = low.min(high);
                low = m2.add(d1);
                high = m6.add(d3);
                w = w.add(w).add(one, high.compare(LT, low));
                ShortVector n4 = low.min(high);
                high = m5.add(d2);
                ShortVector v = ShortVector.zero(PATHS).add(one, high.compare(LT, m1));
                ShortVector n3 = m1.min(high);
                low = m1.add(d2);
                v = v.add(v).add(one, m5.compare(LT, low));
                ShortVector n2 = low.min(m5);
                low = m0.add(d2);
                v = v.add(v).add(one, m4.compare(LT, low));
                ShortVector n1 = low.min(m4);
                high = m4.add(d2);
                v = v.add(v).add(one, high.compare(LT, m0));
                ShortVector n0 = m0.min(high);
                w.lanewise(LSHL, 4).or(v).intoMemorySegment(MEMORY, at, NATIVE);
                m0 = n0;
                m1 = n1;
                m2 = n2;
                m3 = n3;
                m4 = n4;
                m5 = n5;
                m6 = n6;
                m7 = n7;
            }
            ShortVector least = m0.min(m1).min(m2.min(m3)).min(m4.min(m5).min(m6.min(m7)));
            m0 = m0.sub(least);
            m1 = m1.sub(least);
            m2 = m2.sub(least);
            m3 = m3.sub(least);
            m4 = m4.sub(least);
            m5 = m5.sub(least);
            m6 = m6.sub(least);
            m7 = m7.sub(least);
        }
        long at = shortAt(metrics, lane);
        m0.intoMemorySegment(MEMORY, at, NATIVE);
        m1.intoMemorySegment(MEMORY, at + 2 * LANES, NATIVE);
        m2.intoMemorySegment(MEMORY, at + 4 * LANES, NATIVE);
        m3.intoMemorySegment(MEMORY, at + 6 * LANES, NATIVE);
        m4.intoMemorySegment(MEMORY, at + 8 * LANES, NATIVE);
        m5.intoMemorySegment(MEMORY, at + 10 * LANES, NATIVE);
        m6.intoMemorySegment(MEMORY, at + 12 * LANES, NATIVE);
        m7.intoMemorySegment(MEMORY, at + 14 * LANES, NATIVE);
    }

    /** The state of the least metric for each lane, the lower of two equal ones. */
    private void bestEnds() {
        for (int lane = 0; lane < LANES; lane++) {
            int best = 0;
            for (int state = 1; state < STATES; state++) {
                best = metric(lane, state) < metric(lane, best) ? state : best;
            }
            ends[lane] = best;
        }
    }

    private short metric(int lane, int state) {
        return metricMemory.get(ValueLayout.JAVA_SHORT, (long) Short.BYTES * (LANES * state + lane));
    }

    /** Decisions to residues, as ints. */
    private void trace(long work, int n, int lane, long points) {
        IntVector state = IntVector.fromArray(INTS, ends, lane);
        for (int i = n - LANES + lane; i >= 0; i -= LANES) {
            ShortVector decision = ShortVector.fromMemorySegment(SHORTS, MEMORY, shortAt(work, i), NATIVE);
            IntVector left = ((IntVector) decision.convertShape(S2I, INTS, 0)).lanewise(LSHR, state).lanewise(AND, 1);
            IntVector former = state.lanewise(LSHR, 1).lanewise(OR, left.lanewise(LSHL, 2));
            IntVector z1 = state.lanewise(XOR, former).lanewise(XOR, left).lanewise(AND, 1);
            IntVector z0 = former.lanewise(LSHR, 1).lanewise(AND, 1);
            store(z1.add(z1).add(z0), at(points, i));
            state = former;
        }
    }

    /** Residues to the nearest integers that have them, as floats. */
    private static void choose(long y, int n, float quarter, float limit, long points) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector residue = (FloatVector) Lanes.ints(at(points, i)).convert(I2F, 0);
            FloatVector v = clamped(y, i, quarter, limit).sub(residue.mul(.25f));
            store(v.add(ROUND).sub(ROUND).mul(4).add(residue), at(points, i));
        }
    }

    private static void threeLevels(long y, int n, float scale, float threshold, long points) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(y, i)).mul(scale);
            FloatVector above = zero.blend(1, z.compare(GT, threshold));
            store(above.blend(-1, z.compare(LT, -threshold)), at(points, i));
        }
    }
}
