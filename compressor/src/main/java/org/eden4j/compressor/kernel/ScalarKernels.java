package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The kernels as plain loops: the reference implementation, and the fallback without SIMD. */
public final class ScalarKernels implements Kernels {
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfInt WIRE_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final int SIGN = 0x80000000;
    public static final int MAGNITUDE = 0x7fffffff;

    /** Lanes of a running sum; the kernels belong to one thread. */
    private final float[] lanes = new float[SUM_LANES];

    @Override
    public int maxAbsBits(MemorySegment x, long offset, int n) {
        return maxAbsBits(x, offset, 0, n);
    }

    /** Computes {@link #maxAbsBits} for the coordinates from..to. */
    static int maxAbsBits(MemorySegment x, long offset, int from, int to) {
        int max = 0;
        for (int i = from; i < to; i++) {
            max = Math.max(max, x.get(INT, offset + 4L * i) & MAGNITUDE);
        }
        return max;
    }

    @Override
    public void signWords(long seed, int rounds, MemorySegment words, int n) {
        int count = Kernels.signWordCount(n);
        for (int round = 0; round < rounds; round++) {
            streamWords(seed, round, words, round * count, count);
        }
    }

    /** Writes {@code count} sign words of one stream from words[first] on. */
    static void streamWords(long seed, int stream, MemorySegment words, int first, int count) {
        for (int counter = 0; counter < count / 4; counter++) {
            int to = first + (counter & -16) * 4 + (counter & 15);
            threefry(counter, (int) seed, (int) (seed >>> 32), stream, Threefry.DOMAIN, words, to);
        }
    }

    /** Writes the four words of one counter to words[to], [to + 16], [to + 32], [to + 48]. */
    static void threefry(int counter, int k0, int k1, int k2, int k3, MemorySegment words, int to) {
        int k4 = Threefry.parity(k0, k1, k2, k3);
        int x0 = counter + k0;
        int x1 = k1;
        int x2 = k2;
        int x3 = k3;
        for (int group = 0; group < Threefry.GROUPS; group++) {
            for (int i = 0; i < 8; i += 4) {
                x0 += x1;
                x1 = Integer.rotateLeft(x1, Threefry.distance(group, i)) ^ x0;
                x2 += x3;
                x3 = Integer.rotateLeft(x3, Threefry.distance(group, i + 1)) ^ x2;
                x0 += x3;
                x3 = Integer.rotateLeft(x3, Threefry.distance(group, i + 2)) ^ x0;
                x2 += x1;
                x1 = Integer.rotateLeft(x1, Threefry.distance(group, i + 3)) ^ x2;
            }
            int first = k0;
            k0 = k1;
            k1 = k2;
            k2 = k3;
            k3 = k4;
            k4 = first;
            x0 += k0;
            x1 += k1;
            x2 += k2;
            x3 += k3 + group + 1;
        }
        words.setAtIndex(INT, to, x0);
        words.setAtIndex(INT, to + 16, x1);
        words.setAtIndex(INT, to + 32, x2);
        words.setAtIndex(INT, to + 48, x3);
    }

    @Override
    public void hadamard(MemorySegment x, int n) {
        for (int stride = 1; stride < n; stride *= 2) {
            for (int start = 0; start < n; start += 2 * stride) {
                for (int i = start; i < start + stride; i++) {
                    float a = x.getAtIndex(FLOAT, i);
                    float b = x.getAtIndex(FLOAT, i + stride);
                    x.setAtIndex(FLOAT, i, a + b);
                    x.setAtIndex(FLOAT, i + stride, a - b);
                }
            }
        }
    }

    @Override
    public void rotate(
            MemorySegment from, long fromOffset, int n, MemorySegment signWords, int round, float factor,
            MemorySegment x) {
        int firstWord = round * Kernels.signWordCount(n);
        for (int i = 0; i < n; i++) {
            x.setAtIndex(FLOAT, i, signed(from.get(FLOAT, fromOffset + 4L * i) * factor, signWords, firstWord, i));
        }
        hadamard(x, n);
    }

    @Override
    public void addSigned(
            MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset) {
        addSigned(x, 0, n, signWords, factor, sum, sumOffset);
    }

    /** Performs {@link #addSigned} for the coordinates from..to. */
    static void addSigned(
            MemorySegment x, int from, int to, MemorySegment signWords, float factor, MemorySegment sum,
            long sumOffset) {
        for (int i = from; i < to; i++) {
            long at = sumOffset + 4L * i;
            sum.set(FLOAT, at, Math.fma(signed(x.getAtIndex(FLOAT, i), signWords, 0, i), factor, sum.get(FLOAT, at)));
        }
    }

    @Override
    public void addScaled(MemorySegment x, int n, float factor, MemorySegment sum, long sumOffset) {
        addScaled(x, 0, n, factor, sum, sumOffset);
    }

    /** Performs {@link #addScaled} for the coordinates from..to. */
    static void addScaled(MemorySegment x, int from, int to, float factor, MemorySegment sum, long sumOffset) {
        for (int i = from; i < to; i++) {
            long at = sumOffset + 4L * i;
            sum.set(FLOAT, at, Math.fma(x.getAtIndex(FLOAT, i), factor, sum.get(FLOAT, at)));
        }
    }

    private static float signed(float value, MemorySegment signWords, int firstWord, int i) {
        int word = signWords.getAtIndex(INT, firstWord + (i >>> 9) * 16 + (i & 15));
        return word << (i >>> 4 & 31) < 0 ? -value : value;
    }

    @Override
    public void scale(MemorySegment x, long offset, int n, float factor, MemorySegment scaled) {
        for (int i = 0; i < n; i++) {
            scaled.setAtIndex(FLOAT, i, x.get(FLOAT, offset + 4L * i) * factor);
        }
    }

    @Override
    public void square(MemorySegment x, int n) {
        for (int i = 0; i < n; i++) {
            float value = x.getAtIndex(FLOAT, i);
            x.setAtIndex(FLOAT, i, value * value);
        }
    }

    @Override
    public double dot(MemorySegment x, MemorySegment y, int n) {
        double sum = 0;
        for (int run = 0; run < n; run += SUM_RUN) {
            Arrays.fill(lanes, 0);
            for (int i = run; i < Math.min(n, run + SUM_RUN); i++) {
                int lane = i & SUM_LANES - 1;
                lanes[lane] = Math.fma(x.getAtIndex(FLOAT, i), y.getAtIndex(FLOAT, i), lanes[lane]);
            }
            for (int lane = 0; lane < FOLDED_LANES; lane++) {
                sum += lanes[lane] + lanes[lane + 16] + (lanes[lane + 32] + lanes[lane + 48]);
            }
        }
        return sum;
    }

    @Override
    public void quantize(MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices) {
        for (int i = 0; i < n; i++) {
            indices.setAtIndex(INT, i, codebook.index(Math.fma(x.getAtIndex(FLOAT, i), scale, shift)));
        }
    }

    @Override
    public void pack(MemorySegment indices, int n, int bits, MemorySegment payload, long payloadOffset) {
        int lanes = Kernels.packLanes(n);
        for (int group = 0; group < n; group += 32 * lanes) {
            long row = payloadOffset + (long) group * bits / 8;
            for (int lane = 0; lane < lanes; lane++) {
                long at = row + 4L * lane;
                long word = 0;
                int filled = 0;
                for (int k = 0; k < 32; k++) {
                    word |= (long) indices.getAtIndex(INT, group + k * lanes + lane) << filled;
                    filled += bits;
                    if (filled >= 32) {
                        payload.set(WIRE_INT, at, (int) word);
                        word >>>= 32;
                        filled -= 32;
                        at += 4L * lanes;
                    }
                }
            }
        }
    }

    @Override
    public void unpack(MemorySegment payload, long payloadOffset, int n, Codebook codebook, MemorySegment centroids) {
        unpackIndices(payload, payloadOffset, n, codebook.bits(), centroids);
        lookUp(centroids, n, codebook);
    }

    @Override
    public void unpackIndices(MemorySegment payload, long payloadOffset, int n, int bits, MemorySegment indices) {
        int lanes = Kernels.packLanes(n);
        int mask = (1 << bits) - 1;
        for (int group = 0; group < n; group += 32 * lanes) {
            long row = payloadOffset + (long) group * bits / 8;
            for (int lane = 0; lane < lanes; lane++) {
                long at = row + 4L * lane;
                long word = 0;
                int available = 0;
                for (int k = 0; k < 32; k++) {
                    if (available < bits) {
                        word |= (payload.get(WIRE_INT, at) & 0xFFFFFFFFL) << available;
                        available += 32;
                        at += 4L * lanes;
                    }
                    indices.setAtIndex(INT, group + k * lanes + lane, (int) word & mask);
                    word >>>= bits;
                    available -= bits;
                }
            }
        }
    }

    @Override
    public void lookUp(MemorySegment indices, int n, Codebook codebook) {
        for (int i = 0; i < n; i++) {
            indices.setAtIndex(FLOAT, i, codebook.centroid(indices.getAtIndex(INT, i)));
        }
    }

    @Override
    public double quantizeAndPack(
            MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices,
            MemorySegment payload, long payloadOffset) {
        quantize(x, n, scale, shift, codebook, indices);
        pack(indices, n, codebook.bits(), payload, payloadOffset);
        lookUp(indices, n, codebook);
        return dot(x, indices, n);
    }

    @Override
    public CodingKernels coding() {
        return new ScalarCoding();
    }
}
