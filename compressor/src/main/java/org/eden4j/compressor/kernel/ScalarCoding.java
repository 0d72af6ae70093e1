package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The loops of trellis and entropy coding, plain: the definition of truth, and the fallback where SIMD is off. */
public final class ScalarCoding implements CodingKernels {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int STATES = 8;

    private final int[] metrics = new int[STATES];
    private final int[] former = new int[STATES];
    private final int[] distances = new int[4];

    @Override
    public void latticeTrellis(
            MemorySegment y, int n, float quarter, float limit, MemorySegment work, MemorySegment points) {
        for (int lane = 0; lane < LANES; lane++) {
            int state = survivor(y, lane, n, quarter, limit, work);
            for (int i = n - LANES + lane; i >= 0; i -= LANES) {
                int input = state & 1;
                int left = work.get(BYTE, i) >> state & 1;
                state = state >> 1 | left << 2;
                int z1 = (input ^ state ^ left) & 1;
                float residue = 2 * z1 + (state >> 1 & 1);
                float v = clamped(y, i, quarter, limit) - residue * .25f;
                points.setAtIndex(ScalarKernels.FLOAT, i, (v + ROUND - ROUND) * 4 + residue);
            }
        }
    }

    /** A quarter of a coordinate in steps. */
    private static float clamped(MemorySegment y, int i, float quarter, float limit) {
        return Math.max(Math.min(y.getAtIndex(ScalarKernels.FLOAT, i) * quarter, limit), -limit);
    }

    /** Runs the add-compare-select steps of a lane; bit s of a step's byte says which path led to state s. */
    private int survivor(MemorySegment y, int lane, int n, float quarter, float limit, MemorySegment decisions) {
        Arrays.fill(metrics, FAR);
        metrics[0] = 0;
        for (int i = lane; i < n; i += LANES) {
            float v = clamped(y, i, quarter, limit);
            int g = (int) ((v - (v + ROUND - ROUND)) * (8 * METRIC_UNITS));
            distances[1] = Math.min(METRIC_UNITS - g, 9 * METRIC_UNITS + 3 * g);
            distances[2] = 4 * METRIC_UNITS - 2 * Math.abs(g);
            distances[3] = Math.min(METRIC_UNITS + g, 9 * METRIC_UNITS - 3 * g);
            System.arraycopy(metrics, 0, former, 0, STATES);
            int decision = 0;
            for (int state = 0; state < STATES; state++) {
                int low = former[state >> 1] + distances[residue(state >> 1, state & 1)];
                int high = former[state >> 1 | 4] + distances[residue(state >> 1 | 4, state & 1)];
                metrics[state] = Math.min(low, high);
                decision |= (high < low ? 1 : 0) << state;
            }
            decisions.set(BYTE, i, (byte) decision);
            if ((i / LANES + 1) % METRIC_RUN == 0) {
                int least = metrics[best()];
                for (int state = 0; state < STATES; state++) {
                    metrics[state] -= least;
                }
            }
        }
        return best();
    }

    private int best() {
        int best = 0;
        for (int state = 1; state < STATES; state++) {
            best = metrics[state] < metrics[best] ? state : best;
        }
        return best;
    }

    /** k mod 4 of the step from a state with an input bit. */
    private static int residue(int state, int input) {
        return 2 * (input ^ state & 1 ^ state >> 2) + (state >> 1 & 1);
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
