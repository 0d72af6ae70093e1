package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The loops of trellis and entropy coding as plain loops: the reference implementation, and the fallback without SIMD.
 */
public final class ScalarCoding implements CodingKernels {
    private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MOST_STATES = 64;

    private static final int SUBSETS = 4;
    /** Used in place of the state in which an arc begins. */
    private static final int LEADING = -1;

    private final int[] metrics = new int[MOST_STATES];
    private final int[] former = new int[MOST_STATES];
    private final int[] distances = new int[SUBSETS];
    /** The states in which the two arcs begin and end. */
    private final int[] starts = new int[2];
    private final int[] ends = new int[2];
    /** By step of one lane: bit s tells which of two predecessors led to state s. */
    private long[] decisions = new long[0];
    private byte[] inputs = new byte[0];

    /** Distances of one coordinate. */
    private interface Measure {
        void of(int i);
    }

    @Override
    public void latticeTrellis(
            Trellis trellis, MemorySegment y, int n, float quarter, float limit, MemorySegment points) {
        search(trellis, false, n, i -> measure(clamped(y, i, quarter, limit)));
        for (int lane = 0; lane < LANES; lane++) {
            int state = 0;
            for (int i = lane; i < n; i += LANES) {
                int subset = trellis.subset(state, inputs[i]);
                state = trellis.next(state, subset);
                float residue = subset;
                float v = clamped(y, i, quarter, limit) - residue * .25f;
                points.setAtIndex(ScalarKernels.FLOAT, i, (v + ROUND - ROUND) * 4 + residue);
            }
        }
    }

    @Override
    public void codebookTrellis(
            TrellisCodebook codebook, MemorySegment y, int n, float scale, MemorySegment indices,
            MemorySegment points) {
        Trellis trellis = codebook.trellis();
        search(trellis, true, n, i -> measure(codebook, y.getAtIndex(ScalarKernels.FLOAT, i) * scale));
        for (int lane = 0; lane < LANES; lane++) {
            int state = 0;
            for (int i = n - trellis.memory() * LANES + lane; i < n; i += LANES) {
                state = state << 1 | inputs[i];
            }
            for (int i = lane; i < n; i += LANES) {
                int subset = trellis.subset(state, inputs[i]);
                state = trellis.next(state, subset);
                int above = 0;
                for (int k = 0; k < codebook.boundaryCount(); k++) {
                    above += y.getAtIndex(ScalarKernels.FLOAT, i) * scale > codebook.boundary(k, subset) ? 1 : 0;
                }
                points.setAtIndex(ScalarKernels.FLOAT, i, codebook.point(SUBSETS * above + subset));
                indices.setAtIndex(ScalarKernels.INT, i, inputs[i] << codebook.bits() - 1 | above);
            }
        }
    }

    /** Finds the input bits of all lanes. */
    private void search(Trellis trellis, boolean closed, int n, Measure measure) {
        int steps = n / LANES;
        if (inputs.length < n) {
            inputs = new byte[n];
            decisions = new long[steps];
        }
        int length = CodingKernels.arcSteps(steps);
        for (int lane = 0; lane < LANES; lane++) {
            if (length < steps) {
                searchTwo(trellis, closed, lane, length, measure);
            } else if (closed) {
                search(trellis, LEADING, lane, 0, length, steps, measure);
                int start = trace(trellis, lane, 0, length, best(trellis));
                search(trellis, start, lane, 0, length, steps, measure);
                trace(trellis, lane, 0, length, start);
            } else {
                search(trellis, 0, lane, 0, length, steps, measure);
                trace(trellis, lane, 0, length, best(trellis));
            }
        }
    }

    private void searchTwo(Trellis trellis, boolean closed, int lane, int length, Measure measure) {
        for (int arc = 0; arc < 2; arc++) {
            search(trellis, arc == 0 && !closed ? 0 : LEADING, lane, arc * length, length, 2 * length, measure);
            ends[arc] = best(trellis);
        }
        boolean same = false;
        for (int ways = 0; ways < MOST_WAYS && !same; ways++) {
            int first = trace(trellis, lane, 0, length, ends[0]);
            int second = trace(trellis, lane, length, length, ends[1]);
            same = ways > 0 && first == starts[0] && second == starts[1];
            starts[0] = first;
            starts[1] = second;
            ends[0] = second;
            ends[1] = closed ? first : ends[1];
        }
    }

    /** Performs the forward pass through an arc, from one state, or from all states a few steps before it. */
    private void search(Trellis trellis, int start, int lane, int first, int length, int steps, Measure measure) {
        Arrays.fill(metrics, 0, trellis.states(), start == LEADING ? 0 : FAR);
        metrics[Math.max(0, start)] = 0;
        for (int t = start == LEADING ? -trellis.lead() : 0; t < length; t++) {
            int step = Math.floorMod(first + t, steps);
            measure.of(LANES * step + lane);
            long decision = select(trellis);
            if (t >= 0) {
                decisions[step] = decision;
            }
        }
    }

    /**
     * Traces back through an arc from its last state: sets the input bits and returns the state in which the arc
     * begins.
     */
    private int trace(Trellis trellis, int lane, int first, int length, int end) {
        int state = end;
        for (int step = first + length - 1; step >= first; step--) {
            inputs[LANES * step + lane] = (byte) (state & 1);
            int left = (int) (decisions[step] >>> state) & 1;
            state = state >> 1 | left << trellis.memory() - 1;
        }
        return state;
    }

    /** Computes the distances to the nearest points of each subset, less that of subset 0. */
    private void measure(TrellisCodebook codebook, float z) {
        float limit = codebook.limit();
        float clamped = Math.max(Math.min(z, limit), -limit);
        float[] slopes = codebook.slopes();
        float[] offsets = codebook.offsets();
        float first = 0;
        for (int subset = 0; subset < distances.length; subset++) {
            float least = Math.fma(clamped, slopes[subset], offsets[subset]);
            for (int j = subset + SUBSETS; j < slopes.length; j += SUBSETS) {
                least = Math.min(least, Math.fma(clamped, slopes[j], offsets[j]));
            }
            first = subset == 0 ? least : first;
            distances[subset] = rounded(least - first);
        }
    }

    private static int rounded(float metric) {
        return (short) Float.floatToRawIntBits(metric + ROUND);
    }

    @Override
    public void codebookPoints(TrellisCodebook codebook, MemorySegment indices, int n, MemorySegment points) {
        Trellis trellis = codebook.trellis();
        int toInput = codebook.bits() - 1;
        for (int lane = 0; lane < LANES; lane++) {
            int state = 0;
            for (int i = n - trellis.memory() * LANES + lane; i < n; i += LANES) {
                state = state << 1 | indices.getAtIndex(ScalarKernels.INT, i) >> toInput;
            }
            for (int i = lane; i < n; i += LANES) {
                int index = indices.getAtIndex(ScalarKernels.INT, i);
                int subset = trellis.subset(state, index >> toInput);
                points.setAtIndex(ScalarKernels.FLOAT, i, codebook.point(4 * (index & (1 << toInput) - 1) + subset));
                state = trellis.next(state, subset);
            }
        }
    }

    /** Returns a quarter of a coordinate in steps. */
    private static float clamped(MemorySegment y, int i, float quarter, float limit) {
        return Math.max(Math.min(y.getAtIndex(ScalarKernels.FLOAT, i) * quarter, limit), -limit);
    }

    /** Computes the distances to the nearest integers of each residue. */
    private void measure(float v) {
        int g = (int) ((v - (v + ROUND - ROUND)) * (8 * METRIC_UNITS));
        distances[0] = 0;
        distances[1] = Math.min(METRIC_UNITS - g, 9 * METRIC_UNITS + 3 * g);
        distances[2] = 4 * METRIC_UNITS - 2 * Math.abs(g);
        distances[3] = Math.min(METRIC_UNITS + g, 9 * METRIC_UNITS - 3 * g);
    }

    /** Performs one step of add, compare and select: bit s tells which of two predecessors led to state s. */
    private long select(Trellis trellis) {
        int states = trellis.states();
        int reference = metrics[0];
        for (int state = 0; state < states; state++) {
            former[state] = metrics[state] - reference;
        }
        long decision = 0;
        for (int state = 0; state < states; state++) {
            int lower = state >> 1;
            int higher = lower | states >> 1;
            int low = former[lower] + distances[trellis.subset(lower, state & 1)];
            int high = former[higher] + distances[trellis.subset(higher, state & 1)];
            metrics[state] = Math.min(low, high);
            decision |= (high < low ? 1L : 0L) << state;
        }
        return decision;
    }

    private int best(Trellis trellis) {
        int best = 0;
        for (int state = 1; state < trellis.states(); state++) {
            best = metrics[state] < metrics[best] ? state : best;
        }
        return best;
    }

    @Override
    public void deadZone(MemorySegment y, int n, float scale, float threshold, MemorySegment points) {
        for (int i = 0; i < n; i++) {
            float z = y.getAtIndex(ScalarKernels.FLOAT, i) * scale;
            points.setAtIndex(ScalarKernels.FLOAT, i, z > threshold ? 1 : z < -threshold ? -1 : 0);
        }
    }

    @Override
    public int ransEncode(MemorySegment points, int n, RansTable table, int[] states, MemorySegment words) {
        int at = 0;
        for (int t = n - LANES; t >= 0; t -= LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                int symbol = (int) points.getAtIndex(ScalarKernels.FLOAT, t + lane);
                int frequency = table.frequency(symbol);
                int x = states[lane];
                if (x >= frequency << Integer.SIZE - 1 - RansTable.PRECISION) {
                    words.set(WORD, WORD_MARGIN + at, (short) x);
                    at += Short.BYTES;
                    x >>>= Short.SIZE;
                }
                states[lane] = (x / frequency << RansTable.PRECISION) + x % frequency + table.before(symbol);
            }
        }
        return at;
    }

    @Override
    public int ransDecode(
            MemorySegment words, int bytes, int n, RansTable table, int[] states, int[] paths, float unit,
            MemorySegment points) {
        int at = bytes;
        Arrays.fill(paths, 0);
        for (int t = 0; t < n; t += LANES) {
            // The words of a step were written in ascending order of lanes and are read from the end.
            for (int lane = LANES - 1; lane >= 0; lane--) {
                int slot = states[lane] & RansTable.TOTAL - 1;
                int symbol = table.symbol(slot, paths[lane]);
                paths[lane] = table.next(paths[lane], symbol);
                points.setAtIndex(ScalarKernels.FLOAT, t + lane, symbol * unit);
                int x = table.frequency(symbol) * (states[lane] >>> RansTable.PRECISION) + slot - table.before(symbol);
                if (x < LEAST_STATE) {
                    at -= Short.BYTES;
                    x = x << Short.SIZE | words.get(WORD, WORD_MARGIN + at) & 0xFFFF;
                }
                states[lane] = x;
            }
            if (at < 0) {
                return at;
            }
        }
        return at;
    }
}
