package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.F2S;
import static jdk.incubator.vector.VectorOperators.GE;
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
import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * The Viterbi algorithm for 16 lanes at a time, see {@link CodingKernels}. Runs of {@value #RUN} steps: distances to the four
 * subsets, as shorts; then metrics and decisions, 16 lanes of shorts in a vector of 256 bits. After the last run the way back, which
 * finds subsets, and the points of those subsets.
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
    private static final int MOST_STATES = 64;
    private static final int SUBSETS = 4;
    /** A decision is a bit for each state: those of 16 states are a short for each lane. */
    private static final int STATES_OF_A_ROW = Short.SIZE;
    /** Steps of a run: their distances stay in the first-level cache. */
    private static final int RUN = 64;
    /** Bytes of the shorts of all lanes. */
    private static final int ROW = Short.BYTES * LANES;

    private final MemorySegment distanceMemory = Arena.ofAuto().allocate((long) ROW * SUBSETS * RUN, 64);
    private final long distances = distanceMemory.address();
    /** Of all states, twice: before and after a step. */
    private final MemorySegment metricMemory = Arena.ofAuto().allocate(2L * ROW * MOST_STATES, 64);
    private final long metrics = metricMemory.address();
    private final int[] ends = new int[LANES];
    private Trellis trellis = Trellis.NONE;
    /** By the lower of two states that lead to the same: where distances of an input bit of 0 and of 1 are. */
    private final int[] rows = new int[MOST_STATES];
    private TrellisCodebook codebook;

    private final Loop fractions = (y, distances, _, n, limit, quarter) -> fractions(y, n, quarter,
            Float.intBitsToFloat(limit), distances);
    private final Loop measure = (distances, _, _, n, lane, _) -> measure(n, lane, distances);
    private final Loop measureCodebook = (y, distances, _, n, _, scale) -> measure(y, n, scale, codebook, distances);
    private final Loop selectEight = (distances, work, metrics, n, lane, _) -> selectEight(distances, n, lane, metrics,
            work);
    private final Loop selectMany = (distances, work, metrics, n, lane, _) -> selectMany(distances, n, lane, metrics,
            work);
    private final Loop trace = (work, points, _, n, lane, _) -> trace(work, n, lane, points);
    private final Loop choose = (y, points, _, n, limit, quarter) -> choose(y, n, quarter, Float.intBitsToFloat(limit),
            points);
    private final Loop choosePoints = (y, points, work, n, _, scale) -> choose(y, n, scale, codebook, points, work);
    private final Loop lookUp = (indices, points, _, n, lane, _) -> lookUp(indices, n, lane, points);
    private final Loop deadZone = (y, points, _, n, threshold, scale) -> threeLevels(y, n, scale,
            Float.intBitsToFloat(threshold), points);

    void lattice(Trellis states, long y, int n, float quarter, float limit, long work, long points) {
        start(states);
        int limitBits = Float.floatToRawIntBits(limit);
        for (int run = 0; run < n; run += RUN * LANES) {
            int length = Math.min(RUN * LANES, n - run);
            Loop.run(fractions, y + 4L * run, distances, 0, length, limitBits, quarter);
            for (int lane = 0; lane < LANES; lane += PATH_LANES) {
                Loop.run(measure, distances, 0, 0, length, lane, 0);
            }
            select(length, decisions(work, run));
        }
        trace(n, work, points);
        Loop.run(choose, y, points, 0, n, limitBits, quarter);
    }

    void quantize(TrellisCodebook points, long y, int n, float scale, long work, long chosen) {
        codebook = points;
        start(points.trellis());
        for (int run = 0; run < n; run += RUN * LANES) {
            int length = Math.min(RUN * LANES, n - run);
            Loop.run(measureCodebook, y + 4L * run, distances, 0, length, 0, scale);
            select(length, decisions(work, run));
        }
        trace(n, work, chosen);
        Loop.run(choosePoints, y, chosen, work, n, 0, scale);
    }

    void lookUp(TrellisCodebook points, long indices, int n, long chosen) {
        codebook = points;
        for (int lane = 0; lane < LANES; lane += WIDTH) {
            Loop.run(lookUp, indices, chosen, 0, n, lane, 0);
        }
    }

    void deadZone(long y, int n, float scale, float threshold, long points) {
        Loop.run(deadZone, y, points, 0, n, Float.floatToRawIntBits(threshold), scale);
    }

    private void start(Trellis states) {
        trellis = states;
        for (int state = 0; state < states.states(); state++) {
            short metric = (short) (state == 0 ? 0 : CodingKernels.FAR);
            for (int lane = 0; lane < LANES; lane++) {
                metricMemory.setAtIndex(ValueLayout.JAVA_SHORT, (long) LANES * state + lane, metric);
            }
        }
        for (int lower = 0; lower < states.states() / 2; lower++) {
            rows[2 * lower] = ROW * states.subset(lower, 0);
            rows[2 * lower + 1] = ROW * states.subset(lower, 1);
        }
    }

    private void select(int length, long work) {
        Loop loop = trellis == Trellis.EIGHT ? selectEight : selectMany;
        for (int lane = 0; lane < LANES; lane += PATH_LANES) {
            Loop.run(loop, distances, work, metrics, length, lane, 0);
        }
    }

    private void trace(int n, long work, long points) {
        bestEnds(trellis.states());
        for (int lane = 0; lane < LANES; lane += WIDTH) {
            Loop.run(trace, work, points, 0, n, lane, 0);
        }
    }

    private static FloatVector clamped(long y, int i, float quarter, float limit) {
        return floats(at(y, i)).mul(quarter).min(limit).max(-limit);
    }

    /** The row of a step's shorts that has what belongs to a subset. */
    private static long row(long distances, int i, int subset) {
        return at(distances, 0) + (long) ROW * (SUBSETS * (i / LANES) + subset);
    }

    private static ShortVector paths(long address) {
        return ShortVector.fromMemorySegment(PATHS, MEMORY, address, NATIVE);
    }

    private static void storePaths(ShortVector v, long address) {
        v.intoMemorySegment(MEMORY, address, NATIVE);
    }

    /** Of the coordinates, as shorts, where the distances to subset 1 will be. */
    private static void fractions(long y, int n, float quarter, float limit, long distances) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector v = clamped(y, i, quarter, limit);
            FloatVector g = v.sub(v.add(ROUND).sub(ROUND)).mul(8 * METRIC_UNITS);
            ((ShortVector) g.convertShape(F2S, SHORTS, 0)).intoMemorySegment(MEMORY,
                    row(distances, i, 1) + 2L * (i & LANES - 1), NATIVE);
        }
    }

    /** Fractions become distances. */
    private static void measure(int n, int lane, long distances) {
        ShortVector zero = ShortVector.zero(PATHS);
        for (int i = 0; i < n; i += LANES) {
            long at = row(distances, i, 0) + 2L * lane;
            ShortVector g = paths(at + ROW);
            ShortVector g2 = g.add(g);
            ShortVector g3 = g2.add(g);
            storePaths(zero, at);
            storePaths(g.neg().add((short) METRIC_UNITS).min(g3.add((short) (9 * METRIC_UNITS))), at + ROW);
            storePaths(g2.abs().neg().add((short) (4 * METRIC_UNITS)), at + 2 * ROW);
            storePaths(g.add((short) METRIC_UNITS).min(g3.neg().add((short) (9 * METRIC_UNITS))), at + 3 * ROW);
        }
    }

    /** Distances to the nearest points of each subset, less that of subset 0. */
    private static void measure(long y, int n, float scale, TrellisCodebook codebook, long distances) {
        float[] points = codebook.points();
        float limit = codebook.limit();
        float units = codebook.metricUnits();
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(y, i)).mul(scale).min(limit).max(-limit);
            long at = row(distances, i, 0) + 2L * (i & LANES - 1);
            FloatVector d0 = distance(z, points, 0);
            FloatVector first = d0.mul(d0);
            storeShorts(FloatVector.zero(FLOATS), at);
            FloatVector d1 = distance(z, points, 1);
            storeShorts(d1.mul(d1).sub(first).mul(units), at + ROW);
            FloatVector d2 = distance(z, points, 2);
            storeShorts(d2.mul(d2).sub(first).mul(units), at + 2 * ROW);
            FloatVector d3 = distance(z, points, 3);
            storeShorts(d3.mul(d3).sub(first).mul(units), at + 3 * ROW);
        }
    }

    private static FloatVector distance(FloatVector z, float[] points, int subset) {
        FloatVector least = z.sub(points[subset]).abs();
        for (int k = subset + SUBSETS; k < points.length; k += SUBSETS) {
            least = least.min(z.sub(points[k]).abs());
        }
        return least;
    }

    private static void storeShorts(FloatVector v, long address) {
        ((ShortVector) v.convertShape(F2S, SHORTS, 0)).intoMemorySegment(MEMORY, address, NATIVE);
    }

    /** Eight states: their metrics stay in registers. */
    private static void selectEight(long distances, int n, int lane, long metrics, long work) {
        long start = at(metrics, 0) + 2L * lane;
        ShortVector m0 = paths(start);
        ShortVector m1 = paths(start + ROW);
        ShortVector m2 = paths(start + 2 * ROW);
        ShortVector m3 = paths(start + 3 * ROW);
        ShortVector m4 = paths(start + 4 * ROW);
        ShortVector m5 = paths(start + 5 * ROW);
        ShortVector m6 = paths(start + 6 * ROW);
        ShortVector m7 = paths(start + 7 * ROW);
        ShortVector one = ShortVector.broadcast(PATHS, (short) 1);
        for (int run = 0; run < n; run += METRIC_RUN * LANES) {
            for (int i = run; i < run + METRIC_RUN * LANES; i += LANES) {
                long at = row(distances, i, 0) + 2L * lane;
                ShortVector d0 = paths(at);
                ShortVector d1 = paths(at + ROW);
                ShortVector d2 = paths(at + 2 * ROW);
                ShortVector d3 = paths(at + 3 * ROW);
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
                low = m1.add(d0);
                high = m5.add(d2);
                ShortVector v = ShortVector.zero(PATHS).add(one, high.compare(LT, low));
                ShortVector n3 = low.min(high);
                low = m1.add(d2);
                high = m5.add(d0);
                v = v.add(v).add(one, high.compare(LT, low));
                ShortVector n2 = low.min(high);
                low = m0.add(d2);
                high = m4.add(d0);
                v = v.add(v).add(one, high.compare(LT, low));
                ShortVector n1 = low.min(high);
                low = m0.add(d0);
                high = m4.add(d2);
                v = v.add(v).add(one, high.compare(LT, low));
                ShortVector n0 = low.min(high);
                w.lanewise(LSHL, 4).or(v).intoMemorySegment(MEMORY, decisions(work, i) + 2L * lane, NATIVE);
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
        storePaths(m0, start);
        storePaths(m1, start + ROW);
        storePaths(m2, start + 2 * ROW);
        storePaths(m3, start + 3 * ROW);
        storePaths(m4, start + 4 * ROW);
        storePaths(m5, start + 5 * ROW);
        storePaths(m6, start + 6 * ROW);
        storePaths(m7, start + 7 * ROW);
    }

    /** Where a step's decisions are: those of states 0 to 15 for all lanes, then of the next 16, and so on. */
    private static long decisions(long work, int i) {
        return at(work, 2 * i);
    }

    /** More states: their metrics are kept in memory. METRIC_RUN is even, and so they end where they began. */
    private void selectMany(long distances, int n, int lane, long metrics, long work) {
        int states = trellis.states();
        long from = at(metrics, 0) + 2L * lane;
        long to = from + ROW * MOST_STATES;
        for (int run = 0; run < n; run += METRIC_RUN * LANES) {
            for (int i = run; i < run + METRIC_RUN * LANES; i += LANES) {
                long at = row(distances, i, 0) + 2L * lane;
                long decided = decisions(work, i) + 2L * lane;
                for (int state = 0; state < states; state += STATES_OF_A_ROW) {
                    selectRow(from, states, state, at, rows, to, decided + ROW * (state / STATES_OF_A_ROW));
                }
                long swapped = from;
                from = to;
                to = swapped;
            }
            ShortVector least = paths(from);
            for (int state = 1; state < states; state++) {
                least = least.min(paths(from + ROW * state));
            }
            for (int state = 0; state < states; state++) {
                storePaths(paths(from + ROW * state).sub(least), from + ROW * state);
            }
        }
    }

    /** 16 states, to which eight pairs of states lead. */
    private static void selectRow(
            long from, int states, int state, long distances, int[] rows, long to, long decisions) {
        ShortVector bit = ShortVector.broadcast(PATHS, (short) 1);
        ShortVector decided = ShortVector.zero(PATHS);
        for (int even = state; even < state + STATES_OF_A_ROW; even += 2) {
            ShortVector a = paths(distances + rows[even]);
            ShortVector b = paths(distances + rows[even + 1]);
            ShortVector lower = paths(from + ROW * (even >> 1));
            ShortVector higher = paths(from + ROW * (even + states >> 1));
            ShortVector low = lower.add(a);
            ShortVector high = higher.add(b);
            decided = decided.lanewise(OR, bit, high.compare(LT, low));
            storePaths(low.min(high), to + ROW * even);
            bit = bit.add(bit);
            low = lower.add(b);
            high = higher.add(a);
            decided = decided.lanewise(OR, bit, high.compare(LT, low));
            storePaths(low.min(high), to + ROW * (even + 1));
            bit = bit.add(bit);
        }
        storePaths(decided, decisions);
    }

    /** The state of the least metric for each lane, the lower of two equal ones. */
    private void bestEnds(int states) {
        for (int lane = 0; lane < LANES; lane++) {
            int best = 0;
            for (int state = 1; state < states; state++) {
                best = metric(lane, state) < metric(lane, best) ? state : best;
            }
            ends[lane] = best;
        }
    }

    private short metric(int lane, int state) {
        return metricMemory.getAtIndex(ValueLayout.JAVA_SHORT, (long) LANES * state + lane);
    }

    /** Decisions to subsets plus four times the input bits, as ints. Rows that a trellis does not have are read and not looked at. */
    private void trace(long work, int n, int lane, long points) {
        IntVector state = IntVector.fromArray(INTS, ends, lane);
        int last = trellis.memory() - 1;
        int tap = trellis.tap();
        int first = trellis.first();
        int second = trellis.second();
        boolean wide = trellis == Trellis.SIXTY_FOUR;
        for (int i = n - LANES; i >= 0; i -= LANES) {
            long at = decisions(work, i) + 2L * lane;
            IntVector decision = thirtyTwo(at);
            if (wide) {
                decision = decision.blend(thirtyTwo(at + 2 * ROW), state.compare(GE, Integer.SIZE));
            }
            IntVector left = decision.lanewise(LSHR, state).lanewise(AND, 1);
            IntVector former = state.lanewise(LSHR, 1).lanewise(OR, left.lanewise(LSHL, last));
            IntVector input = state.lanewise(AND, 1);
            IntVector z1 = input.lanewise(XOR, former.lanewise(LSHR, tap)).lanewise(XOR, left).lanewise(AND, 1);
            IntVector z0 = former.lanewise(LSHR, first).lanewise(XOR, former.lanewise(LSHR, second)).lanewise(AND, 1);
            store(z1.add(z1).add(z0).add(input.lanewise(LSHL, 2)), at(points, i + lane));
            state = former;
        }
    }

    /** A bit for each of 32 states. */
    private static IntVector thirtyTwo(long at) {
        IntVector low = (IntVector) shorts(at).convertShape(S2I, INTS, 0);
        IntVector high = (IntVector) shorts(at + ROW).convertShape(S2I, INTS, 0);
        return low.lanewise(AND, 0xFFFF).lanewise(OR, high.lanewise(LSHL, Short.SIZE));
    }

    private static ShortVector shorts(long address) {
        return ShortVector.fromMemorySegment(SHORTS, MEMORY, address, NATIVE);
    }

    /** Subsets to their nearest points and those points' indices. */
    private static void choose(long y, int n, float scale, TrellisCodebook codebook, long points, long indices) {
        int[] table = codebook.pointTable();
        int toInput = codebook.bits() - 1;
        int larger = codebook.boundaryCount();
        boolean small = table.length == RegisterTable.SIXTEEN;
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(y, i)).mul(scale);
            IntVector traced = Lanes.ints(at(points, i));
            IntVector subset = traced.lanewise(AND, 3);
            IntVector above = IntVector.zero(INTS);
            for (int k = 0; k < larger; k++) {
                IntVector boundary = RegisterTable.selectSixteen(subset, codebook.boundaryTable(k));
                above = above.add(1, z.compare(GT, boundary.reinterpretAsFloats()).cast(INTS));
            }
            IntVector index = subset.add(above.lanewise(LSHL, 2));
            IntVector point = small ? RegisterTable.selectSixteen(index, table)
                    : RegisterTable.selectEight(index, table, 0);
            store(point, at(points, i));
            store(traced.lanewise(LSHR, 2).lanewise(LSHL, toInput).lanewise(OR, above), at(indices, i));
        }
    }

    /** Indices to points, lane by lane: a point follows from its index and the input bits of some steps before. */
    private void lookUp(long indices, int n, int lane, long points) {
        int[] table = codebook.pointTable();
        int toInput = codebook.bits() - 1;
        int mask = (1 << toInput) - 1;
        boolean small = table.length == RegisterTable.SIXTEEN;
        int last = codebook.trellis().memory() - 1;
        int tap = codebook.trellis().tap();
        int first = codebook.trellis().first();
        int second = codebook.trellis().second();
        int states = codebook.trellis().states() - 1;
        IntVector state = IntVector.zero(INTS);
        for (int i = lane; i < n; i += LANES) {
            IntVector index = Lanes.ints(at(indices, i));
            IntVector input = index.lanewise(LSHR, toInput);
            IntVector z1 = input.lanewise(XOR, state.lanewise(LSHR, tap))
                .lanewise(XOR, state.lanewise(LSHR, last))
                .lanewise(AND, 1);
            IntVector z0 = state.lanewise(LSHR, first).lanewise(XOR, state.lanewise(LSHR, second)).lanewise(AND, 1);
            IntVector place = index.lanewise(AND, mask).lanewise(LSHL, 2).add(z1.add(z1)).add(z0);
            store(small ? RegisterTable.selectSixteen(place, table) : RegisterTable.selectEight(place, table, 0),
                    at(points, i));
            state = state.add(state).lanewise(OR, input).lanewise(AND, states);
        }
    }

    /** Residues to the nearest integers that have them, as floats. */
    private static void choose(long y, int n, float quarter, float limit, long points) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector residue = (FloatVector) Lanes.ints(at(points, i)).lanewise(AND, 3).convert(I2F, 0);
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
