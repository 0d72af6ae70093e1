package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The loops of trellis and entropy coding, plain: the definition of truth, and the fallback where SIMD is off. */
public final class ScalarCoding implements CodingKernels {
    private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int MOST_STATES = 64;

    private final int[] metrics = new int[MOST_STATES];
    private final int[] former = new int[MOST_STATES];
    private final int[] distances = new int[4];

    @Override
    public void latticeTrellis(
            Trellis trellis, MemorySegment y, int n, float quarter, float limit, MemorySegment work,
            MemorySegment points) {
        int highest = trellis.memory() - 1;
        for (int lane = 0; lane < LANES; lane++) {
            start(trellis);
            for (int i = lane; i < n; i += LANES) {
                measure(clamped(y, i, quarter, limit));
                work.setAtIndex(LONG, i, select(trellis, i / LANES));
            }
            int state = best(trellis);
            for (int i = n - LANES + lane; i >= 0; i -= LANES) {
                int input = state & 1;
                int left = (int) (work.getAtIndex(LONG, i) >>> state) & 1;
                state = state >> 1 | left << highest;
                float residue = trellis.subset(state, input);
                float v = clamped(y, i, quarter, limit) - residue * .25f;
                points.setAtIndex(ScalarKernels.FLOAT, i, (v + ROUND - ROUND) * 4 + residue);
            }
        }
    }

    @Override
    public void codebookTrellis(
            TrellisCodebook codebook, MemorySegment y, int n, float scale, MemorySegment work, MemorySegment points) {
        Trellis trellis = codebook.trellis();
        for (int lane = 0; lane < LANES; lane++) {
            start(trellis);
            for (int i = lane; i < n; i += LANES) {
                measure(codebook, y.getAtIndex(ScalarKernels.FLOAT, i) * scale);
                work.setAtIndex(LONG, i, select(trellis, i / LANES));
            }
            int state = best(trellis);
            for (int i = n - LANES + lane; i >= 0; i -= LANES) {
                int input = state & 1;
                int left = (int) (work.getAtIndex(LONG, i) >>> state) & 1;
                state = state >> 1 | left << trellis.memory() - 1;
                int subset = trellis.subset(state, input);
                int above = 0;
                for (int k = 0; k < codebook.boundaryCount(); k++) {
                    above += y.getAtIndex(ScalarKernels.FLOAT, i) * scale > codebook.boundary(k, subset) ? 1 : 0;
                }
                points.setAtIndex(ScalarKernels.FLOAT, i, codebook.point(4 * above + subset));
                work.setAtIndex(LONG, i, input << codebook.bits() - 1 | above);
            }
        }
        for (int i = 0; i < n; i++) {
            work.setAtIndex(ScalarKernels.INT, i, (int) work.getAtIndex(LONG, i));
        }
    }

    /** Distances to the nearest points of each subset, less that of subset 0. */
    private void measure(TrellisCodebook codebook, float z) {
        float limit = codebook.limit();
        float clamped = Math.max(Math.min(z, limit), -limit);
        float first = 0;
        for (int subset = 0; subset < distances.length; subset++) {
            float least = Math.abs(clamped - codebook.point(subset));
            for (int j = subset + 4; j < codebook.points().length; j += 4) {
                least = Math.min(least, Math.abs(clamped - codebook.point(j)));
            }
            first = subset == 0 ? least * least : first;
            distances[subset] = (int) ((least * least - first) * codebook.metricUnits());
        }
    }

    @Override
    public void codebookPoints(TrellisCodebook codebook, MemorySegment indices, int n, MemorySegment points) {
        Trellis trellis = codebook.trellis();
        int toInput = codebook.bits() - 1;
        for (int lane = 0; lane < LANES; lane++) {
            int state = 0;
            for (int i = lane; i < n; i += LANES) {
                int index = indices.getAtIndex(ScalarKernels.INT, i);
                int subset = trellis.subset(state, index >> toInput);
                points.setAtIndex(ScalarKernels.FLOAT, i, codebook.point(4 * (index & (1 << toInput) - 1) + subset));
                state = trellis.next(state, subset);
            }
        }
    }

    /** A quarter of a coordinate in steps. */
    private static float clamped(MemorySegment y, int i, float quarter, float limit) {
        return Math.max(Math.min(y.getAtIndex(ScalarKernels.FLOAT, i) * quarter, limit), -limit);
    }

    /** Distances to the integers of each residue. */
    private void measure(float v) {
        int g = (int) ((v - (v + ROUND - ROUND)) * (8 * METRIC_UNITS));
        distances[0] = 0;
        distances[1] = Math.min(METRIC_UNITS - g, 9 * METRIC_UNITS + 3 * g);
        distances[2] = 4 * METRIC_UNITS - 2 * Math.abs(g);
        distances[3] = Math.min(METRIC_UNITS + g, 9 * METRIC_UNITS - 3 * g);
    }

    private void start(Trellis trellis) {
        Arrays.fill(metrics, 0, trellis.states(), FAR);
        metrics[0] = 0;
    }

    /** One step of add, compare and select: bit s says which of two states led to state s. */
    private long select(Trellis trellis, int step) {
        int states = trellis.states();
        System.arraycopy(metrics, 0, former, 0, states);
        long decision = 0;
        for (int state = 0; state < states; state++) {
            int lower = state >> 1;
            int higher = lower | states >> 1;
            int low = former[lower] + distances[trellis.subset(lower, state & 1)];
            int high = former[higher] + distances[trellis.subset(higher, state & 1)];
            metrics[state] = Math.min(low, high);
            decision |= (high < low ? 1L : 0L) << state;
        }
        if ((step + 1) % METRIC_RUN == 0) {
            int least = metrics[best(trellis)];
            for (int state = 0; state < states; state++) {
                metrics[state] -= least;
            }
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
            // A step's words were written in ascending order of lanes, and are taken from the end.
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
