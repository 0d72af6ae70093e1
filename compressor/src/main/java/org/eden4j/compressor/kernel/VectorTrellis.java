package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2S;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
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
 * The Viterbi algorithm as {@link CodingKernels} defines it, for the arcs of all lanes at a time. A <i>row</i> is 32
 * shorts, those of 16 lanes for the first arc and for the second: one vector of 512 bits. If lanes have one arc, the
 * second half of a row has no meaning.
 *
 * <pre>
 * coordinates -- measure --&gt; distances -- select --&gt; decisions -- trace, twice --&gt; input bits --&gt; subsets -- choose --&gt; points
 * </pre>
 *
 * <p>Distances are four rows per step, of which the first is zero. The steps before an arc are the last ones of the
 * other: their distances are at hand in the other half of rows, so metrics start there and change sides. Decisions are
 * one bit per state: those of 16 states form a row. With more than eight states two steps are combined: four states, a
 * quarter of all states apart, lead within two steps to four adjacent states and no others, so metrics are loaded and
 * stored half as often.
 */
final class VectorTrellis {
    /** Vectors with as many shorts as there are ints. */
    static final VectorSpecies<Short> SHORTS = switch (WIDTH) {
        case 4 -> ShortVector.SPECIES_64;
        case 8 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_256;
    };
    /** The part of a row in one vector. */
    private static final VectorSpecies<Short> PATHS = VectorSpecies.of(short.class, FLOATS.vectorShape());
    private static final int PATH_LANES = PATHS.length();
    private static final int MOST_STATES = 64;
    private static final int MOST_MEMORY = 6;
    private static final int SUBSETS = 4;
    private static final int ROW_LANES = 2 * LANES;
    /** Size of half a row, one arc, in bytes. */
    private static final int HALF = Short.BYTES * LANES;
    private static final int ROW = 2 * HALF;
    /** Argument of {@link Lanes#at} for a row; it counts in units of four bytes. */
    private static final int ROW_INTS = ROW / Integer.BYTES;
    /** A decision is one bit per state: those of 16 states are one short per lane. */
    private static final int STATES_OF_A_ROW = Short.SIZE;
    /** Number of states in a group: two steps lead from the states of a group to those of another. */
    private static final int GROUP = 4;
    private static final int GROUPS_OF_A_ROW = STATES_OF_A_ROW / GROUP;
    /** Number of rows of distances read by a group. */
    private static final int GROUP_ROWS = 4;
    /** Number of rows of distances of two steps. */
    private static final int ROWS_OF_TWO_STEPS = 2 * SUBSETS;

    private MemorySegment distanceMemory = MemorySegment.NULL;
    private long distances;
    /** The distances of two steps, from which a value was subtracted. */
    private final MemorySegment relativeMemory = Arena.ofAuto().allocate((long) ROW * ROWS_OF_TWO_STEPS, 64);
    private final long relative = relativeMemory.address();
    /** Metrics of all states, before and after two steps. */
    private final MemorySegment metricMemory = Arena.ofAuto().allocate(2L * ROW * MOST_STATES, 64);
    private final long metrics = metricMemory.address();
    /** The states in which tracebacks start, in which they end, and in which they ended the time before. */
    private final MemorySegment endMemory = Arena.ofAuto().allocate(3L * ROW, 64);
    private final long ends = endMemory.address();
    private MemorySegment decisionMemory = MemorySegment.NULL;
    private long decisions;
    /**
     * For each step, after rows for the steps before the first: the input bits, then subsets plus four times the input
     * bits.
     */
    private MemorySegment inputMemory = MemorySegment.NULL;
    private long inputs;
    private int longest;
    private final MemorySegment edgeMemory = Arena.ofAuto().allocate(2L * Integer.BYTES * LANES * MOST_MEMORY, 64);
    private Trellis trellis = Trellis.NONE;
    /**
     * By group: the rows of its distances within two steps, for input bits of 0 and 1. In the first step they are those
     * of the lowest of its states; the second lowest differs from it in a bit that no subset depends on. In the second
     * step they are those of the lower of two states, which differ in the last bit: if subsets depend on it, the rows of
     * the other state are the same two {@link #crossed}.
     */
    private final int[] rows = new int[MOST_STATES / GROUP * GROUP_ROWS];
    private boolean crossed;
    private TrellisCodebook codebook;

    private final Loop fractions = (y, distances, _, n, limit, quarter) -> fractions(y, n, quarter,
            Float.intBitsToFloat(limit), distances);
    private final Loop measure = (distances, _, _, steps, lane, _) -> measure(steps, lane, distances);
    private final Loop measureCodebook = (y, distances, _, n, _, scale) -> measure(y, n, scale, codebook, distances);
    private final Loop open = (metrics, _, _, states, _, _) -> open(metrics, states);
    private final Loop close = (metrics, ends, _, states, lane, _) -> close(metrics, states, lane, ends);
    private final Loop selectEight = (distances, decisions, metrics, steps, lane, _) -> selectEight(distances, steps,
            lane, metrics, decisions);
    private final Loop selectMany = (distances, decisions, metrics, steps, lane, _) -> selectMany(distances, steps,
            lane, metrics, decisions);
    private final Loop leadEight = (distances, metrics, _, steps, lane, _) -> leadEight(distances, steps, lane,
            metrics);
    private final Loop leadMany = (distances, metrics, _, steps, lane, _) -> leadMany(distances, steps, lane, metrics);
    private final Loop bestEnds = (metrics, ends, _, states, lane, _) -> bestEnds(metrics, states, lane, ends);
    private final Loop traceEight = (decisions, inputs, ends, steps, lane, _) -> traceEight(decisions, steps, lane,
            inputs, ends);
    private final Loop traceMany = (decisions, inputs, ends, steps, lane, _) -> traceMany(decisions, steps, lane,
            inputs, ends);
    private final Loop subsets = (inputs, _, _, steps, lane, _) -> subsets(inputs, steps, lane);
    private final Loop choose = (y, points, subsets, n, limit, quarter) -> choose(y, n, quarter,
            Float.intBitsToFloat(limit), subsets, points);
    private final Loop choosePoints = (y, points, subsets, n, _, scale) -> choose(y, n, scale, codebook, subsets,
            points);
    private final Loop indexPoints = (points, indices, subsets, n, _, _) -> index(points, n, subsets, indices);
    private final Loop lookUp = (indices, points, _, n, from, _) -> lookUp(indices, n, from, points);
    private final Loop deadZone = (y, points, _, n, threshold, scale) -> threeLevels(y, n, scale,
            Float.intBitsToFloat(threshold), points);

    void lattice(Trellis states, long y, int n, float quarter, float limit, long points) {
        int limitBits = Float.floatToRawIntBits(limit);
        start(states, n);
        int arc = CodingKernels.arcSteps(n / LANES);
        measure(fractions, y, n, limitBits, quarter);
        for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
            Loop.run(measure, distances, 0, 0, arc, lane, 0);
        }
        if (!isSingle(n)) {
            lead(arc);
            exchange();
        }
        Loop.run(open, metrics, 0, 0, states.states(), 0, 0);
        select(0, arc);
        bestEnds();
        trace(arc);
        if (!isSingle(n)) {
            traceAgain(arc, false);
        }
        subsets(n, false);
        for (int first = 0, half = 0; first < n; first += LANES * arc, half += HALF) {
            Loop.run(choose, y + 4L * first, points + 4L * first, inputs + half, LANES * arc, limitBits, quarter);
        }
    }

    void quantize(TrellisCodebook points, long y, int n, float scale, long indices, long chosen) {
        codebook = points;
        start(points.trellis(), n);
        int arc = CodingKernels.arcSteps(n / LANES);
        measure(measureCodebook, y, n, 0, scale);
        lead(arc);
        if (!isSingle(n)) {
            exchange();
        }
        select(0, arc);
        bestEnds();
        trace(arc);
        if (isSingle(n)) {
            for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
                Loop.run(close, metrics, ends, 0, trellis.states(), lane, 0);
            }
            select(0, arc);
            trace(arc);
        } else {
            traceAgain(arc, true);
        }
        subsets(n, true);
        for (int first = 0, half = 0; first < n; first += LANES * arc, half += HALF) {
            long at = 4L * first;
            Loop.run(choosePoints, y + at, indices + at, inputs + half, LANES * arc, 0, scale);
            Loop.run(indexPoints, chosen + at, indices + at, inputs + half, LANES * arc, 0, 0);
        }
    }

    private static boolean isSingle(int n) {
        return LANES * CodingKernels.arcSteps(n / LANES) == n;
    }

    /**
     * Looks up all steps from last to first, then the first few, whose predecessors are at the other end of the lane.
     */
    void lookUp(TrellisCodebook points, long indices, int n, long chosen) {
        codebook = points;
        int edge = LANES * points.trellis().memory();
        MemorySegment.copy(MEMORY, indices + 4L * (n - edge), edgeMemory, 0, 4L * edge);
        MemorySegment.copy(MEMORY, indices, edgeMemory, 4L * edge, 4L * edge);
        Loop.run(lookUp, indices, chosen, 0, n, edge, 0);
        long first = edgeMemory.address() + 4L * edge;
        Loop.run(lookUp, first, chosen, 0, edge, 0, 0);
    }

    void deadZone(long y, int n, float scale, float threshold, long points) {
        Loop.run(deadZone, y, points, 0, n, Float.floatToRawIntBits(threshold), scale);
    }

    private void start(Trellis states, int n) {
        int arc = CodingKernels.arcSteps(n / LANES);
        if (arc > longest) {
            longest = arc;
            distanceMemory = Arena.ofAuto().allocate((long) ROW * SUBSETS * longest, 64);
            distances = distanceMemory.address();
            decisionMemory = Arena.ofAuto().allocate((long) ROW * (MOST_STATES / STATES_OF_A_ROW) * longest, 64);
            decisions = decisionMemory.address();
            inputMemory = Arena.ofAuto().allocate((long) ROW * (MOST_MEMORY + longest), 64);
            inputs = inputMemory.address() + ROW * MOST_MEMORY;
        }
        metricMemory.fill((byte) 0);
        if (trellis == states) {
            return;
        }
        trellis = states;
        int quarter = states.states() / GROUP;
        for (int group = 0; group < quarter; group++) {
            for (int i = 0; i < GROUP_ROWS; i++) {
                int step = i / 2;
                int subset = states.subset(step == 0 ? group : 2 * group, i & 1);
                rows[GROUP_ROWS * group + i] = ROW_INTS * (SUBSETS * step + subset);
            }
        }
        crossed = states.subset(0, 0) != states.subset(1, 0);
    }

    private int decisionRows() {
        return Math.max(1, trellis.states() / STATES_OF_A_ROW);
    }

    /** Computes the distances of all steps of all arcs. */
    private void measure(Loop loop, long y, int n, int limitBits, float factor) {
        int arc = LANES * CodingKernels.arcSteps(n / LANES);
        for (int first = 0, half = 0; first < n; first += arc, half += HALF) {
            Loop.run(loop, y + 4L * first, distances + half, 0, arc, limitBits, factor);
        }
    }

    /**
     * Performs the steps that lead to the end of arcs, some of them repeatedly if arcs are short. Only their metrics
     * matter: nothing traces their decisions.
     */
    private void lead(int arc) {
        Loop loop = trellis == Trellis.EIGHT ? leadEight : leadMany;
        int steps;
        for (int left = trellis.lead(); left > 0; left -= steps) {
            int first = Math.floorMod(-left, arc);
            steps = Math.min(left, arc - first);
            long from = distances + (long) ROW * SUBSETS * first;
            for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
                Loop.run(loop, from, metrics, 0, steps, lane, 0);
            }
        }
    }

    private void select(int first, int steps) {
        Loop loop = trellis == Trellis.EIGHT ? selectEight : selectMany;
        long from = distances + (long) ROW * SUBSETS * first;
        long to = decisions + (long) ROW * decisionRows() * first;
        for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
            Loop.run(loop, from, to, metrics, steps, lane, 0);
        }
    }

    /** Hands the metrics at the end of each arc to the other one. */
    private void exchange() {
        for (long row = metrics; row < metrics + (long) ROW * trellis.states(); row += ROW) {
            for (int at = 0; at < HALF; at += Long.BYTES) {
                long first = MEMORY.get(ValueLayout.JAVA_LONG, row + at);
                MEMORY.set(ValueLayout.JAVA_LONG, row + at, MEMORY.get(ValueLayout.JAVA_LONG, row + HALF + at));
                MEMORY.set(ValueLayout.JAVA_LONG, row + HALF + at, first);
            }
        }
    }

    private void bestEnds() {
        for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
            Loop.run(bestEnds, metrics, ends, 0, trellis.states(), lane, 0);
        }
    }

    /**
     * Traces both arcs back again, each from the state in which the other began, until they begin in the same states.
     */
    private void traceAgain(int steps, boolean closed) {
        boolean same = false;
        for (int ways = 1; ways < CodingKernels.MOST_WAYS && !same; ways++) {
            MemorySegment.copy(endMemory, ROW, endMemory, 2 * ROW, ROW);
            MemorySegment.copy(endMemory, ROW + HALF, endMemory, 0, HALF);
            if (closed) {
                MemorySegment.copy(endMemory, ROW, endMemory, HALF, HALF);
            }
            trace(steps);
            same = true;
            for (int at = ROW; at < 2 * ROW; at += Long.BYTES) {
                same &= endMemory.get(ValueLayout.JAVA_LONG, at) == endMemory.get(ValueLayout.JAVA_LONG, ROW + at);
            }
        }
    }

    /** Converts input bits to subsets. */
    private void subsets(int n, boolean closed) {
        int steps = CodingKernels.arcSteps(n / LANES);
        int before = isSingle(n) ? 0 : HALF;
        for (int back = 1; back <= MOST_MEMORY; back++) {
            long last = inputs + (long) ROW * (steps - back);
            long to = inputs - (long) ROW * back;
            for (int at = 0; at < HALF; at += Long.BYTES) {
                long end = MEMORY.get(ValueLayout.JAVA_LONG, last + before + at);
                MEMORY.set(ValueLayout.JAVA_LONG, to + at, closed ? end : 0);
                MEMORY.set(ValueLayout.JAVA_LONG, to + HALF + at, MEMORY.get(ValueLayout.JAVA_LONG, last + at));
            }
        }
        for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
            Loop.run(subsets, inputs, 0, 0, steps, lane, 0);
        }
    }

    private void trace(int steps) {
        Loop loop = trellis == Trellis.EIGHT ? traceEight : traceMany;
        for (int lane = 0; lane < ROW_LANES; lane += PATH_LANES) {
            Loop.run(loop, decisions, inputs, ends, steps, lane, 0);
        }
    }

    /**
     * Returns clamped products. Min and max of floats take five instructions each to handle NaN, which does not occur
     * here.
     */
    private static FloatVector clamped(long y, int i, float factor, float limit) {
        FloatVector v = floats(at(y, i)).mul(factor);
        v = v.blend(limit, v.compare(GT, limit));
        return v.blend(-limit, v.compare(LT, -limit));
    }

    private static FloatVector lesser(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(LT, a));
    }

    private static ShortVector paths(long address) {
        return ShortVector.fromMemorySegment(PATHS, MEMORY, address, NATIVE);
    }

    private static void storePaths(ShortVector v, long address) {
        v.intoMemorySegment(MEMORY, address, NATIVE);
    }

    /** Returns the address of a coordinate's distance to subset 0, given that of the first. */
    private static long distance(long distances, int i) {
        return at(distances, SUBSETS * ROW_INTS * (i / LANES)) + 2L * (i & LANES - 1);
    }

    /** Initialises the metrics of the first arc, in which only the first state begins. */
    private static void open(long metrics, int states) {
        for (int state = 0; state < states; state++) {
            for (int lane = 0; lane < LANES; lane += WIDTH) {
                ShortVector.broadcast(SHORTS, (short) (state == 0 ? 0 : CodingKernels.FAR))
                    .intoMemorySegment(MEMORY, at(metrics, ROW_INTS * state) + 2L * lane, NATIVE);
            }
        }
    }

    /**
     * Initialises the metrics of lanes that begin where their first tracebacks ended, which is also where the next ones
     * start.
     */
    private static void close(long metrics, int states, int lane, long ends) {
        ShortVector start = paths(at(ends, ROW_INTS) + 2L * lane);
        storePaths(start, at(ends, 0) + 2L * lane);
        ShortVector far = ShortVector.broadcast(PATHS, (short) CodingKernels.FAR);
        for (int state = 0; state < states; state++) {
            storePaths(far.blend(0, start.compare(EQ, state)), at(metrics, ROW_INTS * state) + 2L * lane);
        }
    }

    /** Stores the fractions of the coordinates as shorts, in the place of the distances to subset 1. */
    private static void fractions(long y, int n, float quarter, float limit, long distances) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector v = clamped(y, i, quarter, limit);
            FloatVector g = v.sub(v.add(ROUND).sub(ROUND)).mul(8 * METRIC_UNITS);
            ((ShortVector) g.convertShape(F2S, SHORTS, 0)).intoMemorySegment(MEMORY, distance(distances, i) + ROW,
                    NATIVE);
        }
    }

    /** Converts fractions to distances. */
    private static void measure(int steps, int lane, long distances) {
        for (int t = 0; t < steps; t++) {
            long at = at(distances, SUBSETS * ROW_INTS * t) + 2L * lane;
            ShortVector g = paths(at + ROW);
            ShortVector g2 = g.add(g);
            ShortVector g3 = g2.add(g);
            storePaths(g.neg().add((short) METRIC_UNITS).min(g3.add((short) (9 * METRIC_UNITS))), at + ROW);
            storePaths(g2.abs().neg().add((short) (4 * METRIC_UNITS)), at + 2 * ROW);
            storePaths(g.add((short) METRIC_UNITS).min(g3.neg().add((short) (9 * METRIC_UNITS))), at + 3 * ROW);
        }
    }

    /** Computes the distances to the nearest points of each subset, less that of subset 0. */
    private static void measure(long y, int n, float scale, TrellisCodebook codebook, long distances) {
        float[] slopes = codebook.slopes();
        float[] offsets = codebook.offsets();
        float limit = codebook.limit();
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = clamped(y, i, scale, limit);
            long at = distance(distances, i);
            FloatVector d0 = z.fma(slopes[0], offsets[0]);
            FloatVector d1 = z.fma(slopes[1], offsets[1]);
            FloatVector d2 = z.fma(slopes[2], offsets[2]);
            FloatVector d3 = z.fma(slopes[3], offsets[3]);
            for (int j = SUBSETS; j < slopes.length; j += SUBSETS) {
                d0 = lesser(d0, z.fma(slopes[j], offsets[j]));
                d1 = lesser(d1, z.fma(slopes[j + 1], offsets[j + 1]));
                d2 = lesser(d2, z.fma(slopes[j + 2], offsets[j + 2]));
                d3 = lesser(d3, z.fma(slopes[j + 3], offsets[j + 3]));
            }
            storeShorts(d1.sub(d0), at + ROW);
            storeShorts(d2.sub(d0), at + 2 * ROW);
            storeShorts(d3.sub(d0), at + 3 * ROW);
        }
    }

    /** Stores the nearest integers: the low halves of sums whose unit is the last bit. */
    private static void storeShorts(FloatVector v, long address) {
        ((ShortVector) v.add(ROUND).reinterpretAsInts().convertShape(I2S, SHORTS, 0)).intoMemorySegment(MEMORY, address,
                NATIVE);
    }

    /** Eight states: their metrics stay in registers. */
    private static void selectEight(long distances, int steps, int lane, long metrics, long decisions) {
        long start = at(metrics, 0) + 2L * lane;
        ShortVector m0 = paths(start);
        ShortVector m1 = paths(start + ROW);
        ShortVector m2 = paths(start + 2 * ROW);
        ShortVector m3 = paths(start + 3 * ROW);
        ShortVector m4 = paths(start + 4 * ROW);
        ShortVector m5 = paths(start + 5 * ROW);
        ShortVector m6 = paths(start + 6 * ROW);
        ShortVector m7 = paths(start + 7 * ROW);
        ShortVector bit0 = ShortVector.broadcast(PATHS, (short) 1);
        ShortVector bit1 = ShortVector.broadcast(PATHS, (short) (1 << 1));
        ShortVector bit2 = ShortVector.broadcast(PATHS, (short) (1 << 2));
        ShortVector bit3 = ShortVector.broadcast(PATHS, (short) (1 << 3));
        ShortVector bit4 = ShortVector.broadcast(PATHS, (short) (1 << 4));
        ShortVector bit5 = ShortVector.broadcast(PATHS, (short) (1 << 5));
        ShortVector bit6 = ShortVector.broadcast(PATHS, (short) (1 << 6));
        ShortVector bit7 = ShortVector.broadcast(PATHS, (short) (1 << 7));
        for (int run = 0; run < steps; run += METRIC_RUN) {
            m1 = m1.sub(m0);
            m2 = m2.sub(m0);
            m3 = m3.sub(m0);
            m4 = m4.sub(m0);
            m5 = m5.sub(m0);
            m6 = m6.sub(m0);
            m7 = m7.sub(m0);
            m0 = ShortVector.zero(PATHS);
            for (int t = run; t < run + METRIC_RUN; t++) {
                long at = at(distances, SUBSETS * ROW_INTS * t) + 2L * lane;
                long decided = at(decisions, ROW_INTS * t) + 2L * lane;
                ShortVector d1 = paths(at + ROW);
                ShortVector d2 = paths(at + 2 * ROW);
                ShortVector d3 = paths(at + 3 * ROW);
                ShortVector low = m3.add(d1);
                ShortVector high = m7.add(d3);
                ShortVector w = ShortVector.zero(PATHS).add(bit7, high.compare(LT, low));
                ShortVector n7 = low.min(high);
                low = m3.add(d3);
                high = m7.add(d1);
                w = w.add(bit6, high.compare(LT, low));
                ShortVector n6 = low.min(high);
                low = m2.add(d3);
                high = m6.add(d1);
                w = w.add(bit5, high.compare(LT, low));
                ShortVector n5 = low.min(high);
                low = m2.add(d1);
                high = m6.add(d3);
                w = w.add(bit4, high.compare(LT, low));
                ShortVector n4 = low.min(high);
                high = m5.add(d2);
                ShortVector v = ShortVector.zero(PATHS).add(bit3, high.compare(LT, m1));
                ShortVector n3 = m1.min(high);
                low = m1.add(d2);
                v = v.add(bit2, m5.compare(LT, low));
                ShortVector n2 = low.min(m5);
                low = m0.add(d2);
                v = v.add(bit1, m4.compare(LT, low));
                ShortVector n1 = low.min(m4);
                high = m4.add(d2);
                v = v.add(bit0, high.compare(LT, m0));
                ShortVector n0 = m0.min(high);
                w.or(v).intoMemorySegment(MEMORY, decided, NATIVE);
                m0 = n0;
                m1 = n1;
                m2 = n2;
                m3 = n3;
                m4 = n4;
                m5 = n5;
                m6 = n6;
                m7 = n7;
            }
        }
        m0.intoMemorySegment(MEMORY, start, NATIVE);
        m1.intoMemorySegment(MEMORY, start + ROW, NATIVE);
        m2.intoMemorySegment(MEMORY, start + 2 * ROW, NATIVE);
        m3.intoMemorySegment(MEMORY, start + 3 * ROW, NATIVE);
        m4.intoMemorySegment(MEMORY, start + 4 * ROW, NATIVE);
        m5.intoMemorySegment(MEMORY, start + 5 * ROW, NATIVE);
        m6.intoMemorySegment(MEMORY, start + 6 * ROW, NATIVE);
        m7.intoMemorySegment(MEMORY, start + 7 * ROW, NATIVE);
    }

    /** The metrics of {@link #selectEight}. */
    private static void leadEight(long distances, int steps, int lane, long metrics) {
        long start = at(metrics, 0) + 2L * lane;
        ShortVector m0 = paths(start);
        ShortVector m1 = paths(start + ROW);
        ShortVector m2 = paths(start + 2 * ROW);
        ShortVector m3 = paths(start + 3 * ROW);
        ShortVector m4 = paths(start + 4 * ROW);
        ShortVector m5 = paths(start + 5 * ROW);
        ShortVector m6 = paths(start + 6 * ROW);
        ShortVector m7 = paths(start + 7 * ROW);
        for (int run = 0; run < steps; run += METRIC_RUN) {
            m1 = m1.sub(m0);
            m2 = m2.sub(m0);
            m3 = m3.sub(m0);
            m4 = m4.sub(m0);
            m5 = m5.sub(m0);
            m6 = m6.sub(m0);
            m7 = m7.sub(m0);
            m0 = ShortVector.zero(PATHS);
            for (int t = run; t < run + METRIC_RUN; t++) {
                long at = at(distances, SUBSETS * ROW_INTS * t) + 2L * lane;
                ShortVector d1 = paths(at + ROW);
                ShortVector d2 = paths(at + 2 * ROW);
                ShortVector d3 = paths(at + 3 * ROW);
                ShortVector n7 = m3.add(d1).min(m7.add(d3));
                ShortVector n6 = m3.add(d3).min(m7.add(d1));
                ShortVector n5 = m2.add(d3).min(m6.add(d1));
                ShortVector n4 = m2.add(d1).min(m6.add(d3));
                ShortVector n3 = m1.min(m5.add(d2));
                ShortVector n2 = m1.add(d2).min(m5);
                ShortVector n1 = m0.add(d2).min(m4);
                m0 = m0.min(m4.add(d2));
                m1 = n1;
                m2 = n2;
                m3 = n3;
                m4 = n4;
                m5 = n5;
                m6 = n6;
                m7 = n7;
            }
        }
        m0.intoMemorySegment(MEMORY, start, NATIVE);
        m1.intoMemorySegment(MEMORY, start + ROW, NATIVE);
        m2.intoMemorySegment(MEMORY, start + 2 * ROW, NATIVE);
        m3.intoMemorySegment(MEMORY, start + 3 * ROW, NATIVE);
        m4.intoMemorySegment(MEMORY, start + 4 * ROW, NATIVE);
        m5.intoMemorySegment(MEMORY, start + 5 * ROW, NATIVE);
        m6.intoMemorySegment(MEMORY, start + 6 * ROW, NATIVE);
        m7.intoMemorySegment(MEMORY, start + 7 * ROW, NATIVE);
    }

    /** More states: their metrics are in memory. METRIC_RUN is twice two steps, so they end where they began. */
    private void selectMany(long distances, int steps, int lane, long metrics, long decisions) {
        int states = trellis.states();
        int decisionRows = decisionRows();
        long even = at(metrics, 0) + 2L * lane;
        long odd = even + ROW * MOST_STATES;
        long near = at(relative, 0) + 2L * lane;
        for (int t = 0; t < steps; t += METRIC_RUN) {
            long at = at(distances, SUBSETS * ROW_INTS * t) + 2L * lane;
            long decided = at(decisions, decisionRows * ROW_INTS * t) + 2L * lane;
            subtractMetric(even, at, near);
            selectGroups(even, states, near, odd, decided, decided + ROW * decisionRows);
            at += 2 * ROW * SUBSETS;
            decided += 2L * ROW * decisionRows;
            selectGroups(odd, states, at, even, decided, decided + ROW * decisionRows);
        }
    }

    /** The metrics of {@link #selectMany}. */
    private void leadMany(long distances, int steps, int lane, long metrics) {
        int states = trellis.states();
        long even = at(metrics, 0) + 2L * lane;
        long odd = even + ROW * MOST_STATES;
        long near = at(relative, 0) + 2L * lane;
        for (int t = 0; t < steps; t += METRIC_RUN) {
            long at = at(distances, SUBSETS * ROW_INTS * t) + 2L * lane;
            subtractMetric(even, at, near);
            leadGroups(even, states, near, odd);
            leadGroups(odd, states, at + 2 * ROW * SUBSETS, even);
        }
    }

    /**
     * Copies the distances of two steps less the metric of state 0. The value to be subtracted from all metrics is
     * subtracted from the distances that are added next.
     */
    private static void subtractMetric(long metrics, long distances, long relative) {
        ShortVector reference = paths(metrics);
        for (int subset = 0; subset < SUBSETS; subset++) {
            storePaths(paths(distances + ROW * subset).sub(reference), relative + ROW * subset);
            storePaths(paths(distances + ROW * (SUBSETS + subset)), relative + ROW * (SUBSETS + subset));
        }
    }

    /**
     * Performs two steps of all states. Group x leads from the states x + k q, with q a quarter of their number,
     * through 2x, 2x + 1, 2x + 2q and 2x + 2q + 1 to the states 4x to 4x + 3, and has four bits of each step's
     * decisions in this order.
     */
    private void selectGroups(
            long from, int states, long distances, long to, long firstDecisions, long secondDecisions) {
        int[] groupRows = rows;
        int quarter = states / GROUP;
        long next = Lanes.distance(ROW_INTS * quarter);
        int third = crossed ? 3 : 2;
        long toThird = Lanes.distance(ROW_INTS * third);
        long toFourth = Lanes.distance(ROW_INTS * (5 - third));
        for (int row = 0; row < quarter; row += GROUPS_OF_A_ROW) {
            int place = ROW_INTS * (row / GROUPS_OF_A_ROW);
            long firstDecided = at(firstDecisions, place);
            long secondDecided = at(secondDecisions, place);
            ShortVector first = ShortVector.zero(PATHS);
            ShortVector second = ShortVector.zero(PATHS);
            ShortVector bit = ShortVector.broadcast(PATHS, (short) 1);
            for (int x = row; x < row + GROUPS_OF_A_ROW; x++) {
                long in = at(from, ROW_INTS * x);
                ShortVector m0 = paths(in);
                ShortVector m1 = paths(in + next);
                ShortVector m2 = paths(in + 2 * next);
                ShortVector m3 = paths(in + 3 * next);
                ShortVector a = paths(at(distances, groupRows[GROUP_ROWS * x]));
                ShortVector b = paths(at(distances, groupRows[GROUP_ROWS * x + 1]));
                ShortVector c = paths(at(distances, groupRows[GROUP_ROWS * x + 2]));
                ShortVector d = paths(at(distances, groupRows[GROUP_ROWS * x + 3]));
                long out = at(to, GROUP * ROW_INTS * x);
                ShortVector bit1 = bit.add(bit);
                ShortVector bit2 = bit1.add(bit1);
                ShortVector bit3 = bit2.add(bit2);
                ShortVector low = m0.add(a);
                ShortVector high = m2.add(b);
                first = first.add(bit, high.compare(LT, low));
                ShortVector n0 = low.min(high);
                low = m0.add(b);
                high = m2.add(a);
                first = first.add(bit1, high.compare(LT, low));
                ShortVector n1 = low.min(high);
                low = m1.add(a);
                high = m3.add(b);
                first = first.add(bit2, high.compare(LT, low));
                ShortVector n2 = low.min(high);
                low = m1.add(b);
                high = m3.add(a);
                first = first.add(bit3, high.compare(LT, low));
                ShortVector n3 = low.min(high);
                low = n0.add(c);
                high = n2.add(d);
                second = second.add(bit, high.compare(LT, low));
                low.min(high).intoMemorySegment(MEMORY, out, NATIVE);
                low = n0.add(d);
                high = n2.add(c);
                second = second.add(bit1, high.compare(LT, low));
                low.min(high).intoMemorySegment(MEMORY, out + ROW, NATIVE);
                low = n1.add(c);
                high = n3.add(d);
                second = second.add(bit.lanewise(LSHL, third), high.compare(LT, low));
                low.min(high).intoMemorySegment(MEMORY, out + toThird, NATIVE);
                low = n1.add(d);
                high = n3.add(c);
                second = second.add(bit.lanewise(LSHL, 5 - third), high.compare(LT, low));
                low.min(high).intoMemorySegment(MEMORY, out + toFourth, NATIVE);
                bit = bit3.add(bit3);
            }
            first.intoMemorySegment(MEMORY, firstDecided, NATIVE);
            second.intoMemorySegment(MEMORY, secondDecided, NATIVE);
        }
    }

    /** The metrics of {@link #selectGroups}. */
    private void leadGroups(long from, int states, long distances, long to) {
        int[] groupRows = rows;
        int quarter = states / GROUP;
        long next = Lanes.distance(ROW_INTS * quarter);
        int third = crossed ? 3 : 2;
        long toThird = Lanes.distance(ROW_INTS * third);
        long toFourth = Lanes.distance(ROW_INTS * (5 - third));
        for (int x = 0; x < quarter; x++) {
            long in = at(from, ROW_INTS * x);
            ShortVector m0 = paths(in);
            ShortVector m1 = paths(in + next);
            ShortVector m2 = paths(in + 2 * next);
            ShortVector m3 = paths(in + 3 * next);
            ShortVector a = paths(at(distances, groupRows[GROUP_ROWS * x]));
            ShortVector b = paths(at(distances, groupRows[GROUP_ROWS * x + 1]));
            ShortVector c = paths(at(distances, groupRows[GROUP_ROWS * x + 2]));
            ShortVector d = paths(at(distances, groupRows[GROUP_ROWS * x + 3]));
            long out = at(to, GROUP * ROW_INTS * x);
            ShortVector n0 = m0.add(a).min(m2.add(b));
            ShortVector n1 = m0.add(b).min(m2.add(a));
            ShortVector n2 = m1.add(a).min(m3.add(b));
            ShortVector n3 = m1.add(b).min(m3.add(a));
            n0.add(c).min(n2.add(d)).intoMemorySegment(MEMORY, out, NATIVE);
            n0.add(d).min(n2.add(c)).intoMemorySegment(MEMORY, out + ROW, NATIVE);
            n1.add(c).min(n3.add(d)).intoMemorySegment(MEMORY, out + toThird, NATIVE);
            n1.add(d).min(n3.add(c)).intoMemorySegment(MEMORY, out + toFourth, NATIVE);
        }
    }

    /** Finds the state with the smallest metric for each lane, the lower of two equal ones. */
    private static void bestEnds(long metrics, int states, int lane, long ends) {
        ShortVector least = paths(at(metrics, 0) + 2L * lane);
        ShortVector best = ShortVector.zero(PATHS);
        for (int state = 1; state < states; state++) {
            ShortVector metric = paths(at(metrics, ROW_INTS * state) + 2L * lane);
            best = best.blend(ShortVector.broadcast(PATHS, (short) state), metric.compare(LT, least));
            least = least.min(metric);
        }
        storePaths(best, at(ends, 0) + 2L * lane);
    }

    /** Converts decisions to input bits and, in the row behind that of the last states, the first states. */
    private static void traceEight(long decisions, int steps, int lane, long inputs, long ends) {
        ShortVector state = paths(at(ends, 0) + 2L * lane);
        for (int t = steps - 1; t >= 0; t--) {
            ShortVector decision = paths(at(decisions, ROW_INTS * t) + 2L * lane);
            storePaths(state.and((short) 1), at(inputs, ROW_INTS * t) + 2L * lane);
            ShortVector left = decision.lanewise(LSHR, state).and((short) 1);
            state = state.lanewise(LSHR, 1).or(left.lanewise(LSHL, 2));
        }
        storePaths(state, at(ends, ROW_INTS) + 2L * lane);
    }

    /**
     * The same for 32 or 64 states, two steps at a time. Both steps have their decision in the same one of two or four
     * rows, since the states of one group lead to each other. Rows that 32 states do not have are read and ignored.
     */
    private void traceMany(long decisions, int steps, int lane, long inputs, long ends) {
        int memory = trellis.memory();
        int decisionRows = decisionRows();
        int stepInts = ROW_INTS * decisionRows;
        int upper = ROW * (decisionRows - 2);
        long firstState = at(ends, ROW_INTS) + 2L * lane;
        ShortVector state = paths(at(ends, 0) + 2L * lane);
        for (int t = steps - 2; t >= 0; t -= 2) {
            VectorMask<Short> odd = state.and((short) STATES_OF_A_ROW).compare(NE, 0);
            VectorMask<Short> high = state.and((short) (2 * STATES_OF_A_ROW)).compare(NE, 0);
            long first = at(decisions, stepInts * t) + 2L * lane;
            long second = at(decisions, stepInts * (t + 1)) + 2L * lane;
            ShortVector decision = paths(second).blend(paths(second + ROW), odd)
                .blend(paths(second + upper).blend(paths(second + upper + ROW), odd), high);
            ShortVector later = decision.lanewise(LSHR, state).and((short) 1);
            ShortVector input = state.lanewise(LSHR, 1).and((short) 1);
            ShortVector place = state.and((short) -GROUP).or(input).or(later.add(later));
            decision = paths(first).blend(paths(first + ROW), odd)
                .blend(paths(first + upper).blend(paths(first + upper + ROW), odd), high);
            ShortVector earlier = decision.lanewise(LSHR, place).and((short) 1);
            long to = at(inputs, ROW_INTS * t) + 2L * lane;
            storePaths(input, to);
            storePaths(state.and((short) 1), to + ROW);
            state = state.lanewise(LSHR, 2)
                .or(later.lanewise(LSHL, memory - 2))
                .or(earlier.lanewise(LSHL, memory - 1));
        }
        state.intoMemorySegment(MEMORY, firstState, NATIVE); // storePaths would not be inlined here, see Loop
    }

    /** Converts input bits to subsets plus four times the input bits, from the last step to the first. */
    private void subsets(long inputs, int steps, int lane) {
        int tap = ROW * (1 + trellis.tap());
        int last = ROW * trellis.memory();
        int first = ROW * (1 + trellis.first());
        int second = trellis.hasSecond() ? ROW * (1 + trellis.second()) : 0;
        short mask = (short) (trellis.hasSecond() ? 1 : 0);
        for (int t = steps - 1; t >= 0; t--) {
            long at = at(inputs, ROW_INTS * t) + 2L * lane;
            ShortVector input = paths(at);
            ShortVector z1 = input.lanewise(XOR, paths(at - tap)).lanewise(XOR, paths(at - last));
            ShortVector z0 = paths(at - first).lanewise(XOR, paths(at - second).and(mask));
            ShortVector double1 = input.add(input).add(z1);
            storePaths(double1.add(double1).add(z0), at);
        }
    }

    /** Returns a vector of ints with the subsets in rows. */
    private static IntVector subset(long subsets, int i) {
        long at = at(subsets, ROW_INTS * (i / LANES)) + 2L * (i & LANES - 1);
        return (IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY, at, NATIVE).convertShape(S2I, INTS, 0);
    }

    /** Converts subsets to the indices of their nearest points. */
    private static void choose(long y, int n, float scale, TrellisCodebook codebook, long subsets, long indices) {
        int toInput = codebook.bits() - 1;
        int larger = codebook.boundaryCount();
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector z = floats(at(y, i)).mul(scale);
            IntVector traced = subset(subsets, i);
            IntVector above = traced.lanewise(LSHR, 2).lanewise(LSHL, toInput);
            for (int k = 0; k < larger; k++) {
                IntVector boundary = RegisterTable.selectSixteen(traced.lanewise(AND, 3), codebook.boundaryTable(k));
                above = above.add(1, z.compare(GT, boundary.reinterpretAsFloats()).cast(INTS));
            }
            store(above, at(indices, i));
        }
    }

    /** Converts subsets and indices to points. */
    private void index(long points, int n, long subsets, long indices) {
        int[] table = codebook.pointTable();
        int mask = (1 << codebook.bits() - 1) - 1;
        boolean small = table.length == RegisterTable.SIXTEEN;
        for (int i = 0; i < n; i += WIDTH) {
            IntVector place = Lanes.ints(at(indices, i))
                .lanewise(AND, mask)
                .lanewise(LSHL, 2)
                .lanewise(OR, subset(subsets, i).lanewise(AND, 3));
            store(small ? RegisterTable.selectSixteen(place, table) : RegisterTable.selectEight(place, table, 0),
                    at(points, i));
        }
    }

    /**
     * Converts indices to points, from last to first: a point follows from its index and the input bits of some
     * preceding steps.
     */
    private void lookUp(long indices, int n, int from, long points) {
        int[] table = codebook.pointTable();
        int toInput = codebook.bits() - 1;
        int mask = (1 << toInput) - 1;
        boolean small = table.length == RegisterTable.SIXTEEN;
        Trellis states = codebook.trellis();
        int tap = LANES * (1 + states.tap());
        int last = LANES * states.memory();
        int first = LANES * (1 + states.first());
        int second = states.hasSecond() ? LANES * (1 + states.second()) : 0;
        int secondMask = states.hasSecond() ? -1 : 0;
        for (int i = n - WIDTH; i >= from; i -= WIDTH) {
            IntVector index = Lanes.ints(at(indices, i));
            IntVector z1 = index.lanewise(XOR, Lanes.ints(at(indices, i - tap)))
                .lanewise(XOR, Lanes.ints(at(indices, i - last)))
                .lanewise(LSHR, toInput)
                .lanewise(AND, 1);
            IntVector z0 = Lanes.ints(at(indices, i - first))
                .lanewise(XOR, Lanes.ints(at(indices, i - second)).lanewise(AND, secondMask))
                .lanewise(LSHR, toInput)
                .lanewise(AND, 1);
            IntVector place = index.lanewise(AND, mask).lanewise(LSHL, 2).add(z1.add(z1)).add(z0);
            store(small ? RegisterTable.selectSixteen(place, table) : RegisterTable.selectEight(place, table, 0),
                    at(points, i));
        }
    }

    /** Converts residues to the nearest integers that have them, as floats. */
    private static void choose(long y, int n, float quarter, float limit, long subsets, long points) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector residue = (FloatVector) subset(subsets, i).lanewise(AND, 3).convert(I2F, 0);
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
