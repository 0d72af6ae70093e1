package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.MAX;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.MEMORY;
import static org.eden4j.compressor.kernel.Lanes.VECTOR;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.address;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.ints;
import static org.eden4j.compressor.kernel.Lanes.store;
import static org.eden4j.compressor.kernel.Lanes.writable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The kernels in vectors of 128, 256 or 512 bits, identical to {@link ScalarKernels} bit for bit. This class converts
 * segments to addresses ({@link Lanes}) and contains the sums; the rest is in {@link VectorTransform},
 * {@link VectorSigns}, {@link VectorQuantizer} and {@link VectorPacking}.
 */
final class VectorKernels implements Kernels {
    /** Number of words in a cache line. */
    private static final int LINE = 16;

    /** Packs blocks below {@link VectorPacking#SMALLEST}. */
    private final ScalarKernels scalar = new ScalarKernels();
    private final MemorySegment foldedLanes = Arena.ofAuto().allocate(4L * FOLDED_LANES, 64);
    private final long folded = foldedLanes.address();
    private final VectorTransform transform = new VectorTransform();
    private final VectorSigns signs = new VectorSigns();
    private final VectorQuantizer quantizer = new VectorQuantizer();
    private final VectorPacking packing = new VectorPacking();
    private final int[] largest = new int[1];
    /** The prefetched words. A field, so that the compiler does not eliminate the loads. */
    private int fetched;
    private final Loop fetch = (x, y, _, n, k, _) -> fetched = fetch(x, n) + fetch(y, k);
    private final Loop maxAbs = (x, _, _, n, _, _) -> largest[0] = maxAbsBits(x, n);
    private final Loop addScaled = (x, sum, _, n, _, factor) -> addScaled(x, n, factor, sum);
    private final Loop scale = (x, scaled, _, n, _, factor) -> scale(x, n, factor, scaled);
    private final Loop square = (x, _, _, n, _, _) -> square(x, n);
    private final Loop dotRun = (x, y, folded, length, _, _) -> dotRun(x, y, folded, length);

    @Override
    public int maxAbsBits(MemorySegment x, long offset, int n) {
        int end = n & -4 * WIDTH;
        Loop.run(maxAbs, address(x, offset, 4L * n), 0, 0, end, 0, 0);
        Reference.reachabilityFence(x);
        return Math.max(largest[0], ScalarKernels.maxAbsBits(x, offset, end, n));
    }

    private static int maxAbsBits(long x, int n) {
        IntVector a = IntVector.zero(INTS);
        IntVector b = a;
        for (int i = 0; i < n; i += 4 * WIDTH) {
            long at = at(x, i);
            a = a.max(ints(at).and(ScalarKernels.MAGNITUDE)).max(ints(at + VECTOR).and(ScalarKernels.MAGNITUDE));
            b = b.max(ints(at + 2 * VECTOR).and(ScalarKernels.MAGNITUDE))
                .max(ints(at + 3 * VECTOR).and(ScalarKernels.MAGNITUDE));
        }
        return a.max(b).reduceLanes(MAX);
    }

    @Override
    public void signWords(long seed, int rounds, MemorySegment words, int n) {
        int count = Kernels.signWordCount(n);
        signs.words(address(words, rounds * count), seed, rounds, count / 4);
        Reference.reachabilityFence(words);
    }

    @Override
    public void fetch(
            MemorySegment payload, long offset, int bytes, MemorySegment sum, long sumOffset, int sumBytes) {
        Loop.run(fetch, address(payload, offset, bytes), address(sum, sumOffset, sumBytes), 0, bytes / Integer.BYTES,
                sumBytes / Integer.BYTES, 0);
        Reference.reachabilityFence(payload);
        Reference.reachabilityFence(sum);
    }

    /** Reads one word of every cache line. */
    private static int fetch(long x, int n) {
        int words = 0;
        int i = 0;
        for (; i <= n - 4 * LINE; i += 4 * LINE) {
            long at = at(x, i);
            words += MEMORY.get(ScalarKernels.INT, at) + MEMORY.get(ScalarKernels.INT, at + 4 * LINE)
                    + MEMORY.get(ScalarKernels.INT, at + 8 * LINE) + MEMORY.get(ScalarKernels.INT, at + 12 * LINE);
        }
        for (; i < n; i += LINE) {
            words += MEMORY.get(ScalarKernels.INT, at(x, i));
        }
        return words;
    }

    @Override
    public void hadamard(MemorySegment x, int n) {
        transform.hadamard(address(x, n), n);
        Reference.reachabilityFence(x);
    }

    @Override
    public void rotate(
            MemorySegment from, long fromOffset, int n, MemorySegment signWords, int round, float factor,
            MemorySegment x) {
        long source = address(from, fromOffset, 4L * n);
        long target = address(x, n);
        if (factor != 1) {
            Loop.run(scale, source, target, 0, n, 0, factor);
            source = target;
        }
        transform.rotate(source, n, signWords(signWords, n, round), target);
        Reference.reachabilityFence(from);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(signWords);
    }

    @Override
    public void rotateTwice(MemorySegment from, long fromOffset, int n, MemorySegment signWords, MemorySegment x) {
        if (n != VectorTransform.LEAF) {
            Kernels.super.rotateTwice(from, fromOffset, n, signWords, x);
            return;
        }
        transform.rotateTwice(address(from, fromOffset, 4L * n), signWords(signWords, n, 0), signWords(signWords, n, 1),
                address(x, n));
        Reference.reachabilityFence(from);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(signWords);
    }

    /** Returns the address of a round's sign words. */
    private static long signWords(MemorySegment words, int n, int round) {
        int bytes = 4 * Kernels.signWordCount(n);
        return address(words, (long) round * bytes, bytes);
    }

    @Override
    public void addInverseTwice(
            MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset) {
        if (n != VectorTransform.LEAF) {
            Kernels.super.addInverseTwice(x, n, signWords, factor, sum, sumOffset);
            return;
        }
        transform.addInverseTwice(address(x, n), signWords(signWords, n, 1), signWords(signWords, n, 0), factor,
                writable(sum, sumOffset, 4L * n));
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(signWords);
        Reference.reachabilityFence(sum);
    }

    @Override
    public void addSigned(
            MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset) {
        int end = n & -VectorSigns.STEP;
        signs.add(address(x, n), end, signWords(signWords, n, 0), factor,
                writable(sum, sumOffset, 4L * n));
        ScalarKernels.addSigned(x, end, n, signWords, factor, sum, sumOffset);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(signWords);
        Reference.reachabilityFence(sum);
    }

    @Override
    public void addScaled(MemorySegment x, int n, float factor, MemorySegment sum, long sumOffset) {
        int end = FLOATS.loopBound(n);
        Loop.run(addScaled, address(x, n), writable(sum, sumOffset, 4L * n), 0, end, 0, factor);
        ScalarKernels.addScaled(x, end, n, factor, sum, sumOffset);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(sum);
    }

    private static void addScaled(long x, int n, float factor, long sum) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < n; i += WIDTH) {
            long to = at(sum, i);
            store(floats(at(x, i)).fma(factors, floats(to)), to);
        }
    }

    @Override
    public void scale(MemorySegment x, long offset, int n, float factor, MemorySegment scaled) {
        Loop.run(scale, address(x, offset, 4L * n), address(scaled, n), 0, n, 0, factor);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(scaled);
    }

    private static void scale(long x, int n, float factor, long scaled) {
        FloatVector factors = FloatVector.broadcast(FLOATS, factor);
        for (int i = 0; i < n; i += 4 * WIDTH) {
            long from = at(x, i);
            long to = at(scaled, i);
            store(floats(from).mul(factors), to);
            store(floats(from + VECTOR).mul(factors), to + VECTOR);
            store(floats(from + 2 * VECTOR).mul(factors), to + 2 * VECTOR);
            store(floats(from + 3 * VECTOR).mul(factors), to + 3 * VECTOR);
        }
    }

    @Override
    public void square(MemorySegment x, int n) {
        Loop.run(square, address(x, n), 0, 0, n, 0, 0);
        Reference.reachabilityFence(x);
    }

    private static void square(long x, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(x, i);
            FloatVector v = floats(at);
            store(v.mul(v), at);
        }
    }

    @Override
    public double dot(MemorySegment x, MemorySegment y, int n) {
        double dot = dot(address(x, n), address(y, n), n);
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
        return dot;
    }

    private double dot(long x, long y, int n) {
        double sum = 0;
        for (int run = 0; run < n; run += SUM_RUN) {
            int length = Math.min(n - run, SUM_RUN);
            for (int lane = 0; lane < FOLDED_LANES; lane += WIDTH) {
                long offset = 4L * (run + lane);
                Loop.run(dotRun, x + offset, y + offset, folded + 4L * lane, length, 0, 0);
            }
            for (int lane = 0; lane < FOLDED_LANES; lane++) {
                sum += foldedLanes.getAtIndex(ScalarKernels.FLOAT, lane);
            }
        }
        return sum;
    }

    /** Stores lanes 0, 16, 32 and 48 of a run's sums as (a + b) + (c + d). */
    private static void dotRun(long x, long y, long folded, int length) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < length; i += SUM_LANES) {
            long atX = at(x, i);
            long atY = at(y, i);
            a = floats(atX).fma(floats(atY), a);
            b = floats(atX + 64).fma(floats(atY + 64), b);
            c = floats(atX + 128).fma(floats(atY + 128), c);
            d = floats(atX + 192).fma(floats(atY + 192), d);
        }
        store(a.add(b).add(c.add(d)), folded);
    }

    @Override
    public void quantize(MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices) {
        quantizer.quantize(address(x, n), n, scale, shift, codebook.bits(), address(indices, n));
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(indices);
    }

    @Override
    public void pack(MemorySegment indices, int n, int bits, MemorySegment payload, long payloadOffset) {
        if (n < VectorPacking.SMALLEST) {
            scalar.pack(indices, n, bits, payload, payloadOffset);
            return;
        }
        packing.pack(address(indices, n), n, bits, writable(payload, payloadOffset, (long) n * bits / 8));
        Reference.reachabilityFence(indices);
        Reference.reachabilityFence(payload);
    }

    @Override
    public void unpack(MemorySegment payload, long payloadOffset, int n, Codebook codebook, MemorySegment centroids) {
        if (n < VectorPacking.SMALLEST) {
            scalar.unpack(payload, payloadOffset, n, codebook, centroids);
            return;
        }
        int bits = codebook.bits();
        packing.unpack(address(payload, payloadOffset, (long) n * bits / 8), n, bits, address(centroids, n));
        Reference.reachabilityFence(centroids);
        Reference.reachabilityFence(payload);
    }

    @Override
    public void unpackIndices(MemorySegment payload, long payloadOffset, int n, int bits, MemorySegment indices) {
        if (n < VectorPacking.SMALLEST) {
            scalar.unpackIndices(payload, payloadOffset, n, bits, indices);
            return;
        }
        packing.unpackIndices(address(payload, payloadOffset, (long) n * bits / 8), n, bits, address(indices, n));
        Reference.reachabilityFence(indices);
        Reference.reachabilityFence(payload);
    }

    @Override
    public void lookUp(MemorySegment indices, int n, Codebook codebook) {
        packing.lookUp(address(indices, n), n, codebook.bits());
        Reference.reachabilityFence(indices);
    }

    @Override
    public double quantizeAndPack(
            MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices,
            MemorySegment payload, long payloadOffset) {
        int bits = codebook.bits();
        if (n < VectorPacking.SMALLEST) {
            quantize(x, n, scale, shift, codebook, indices);
            scalar.pack(indices, n, bits, payload, payloadOffset);
            lookUp(indices, n, codebook);
        } else if (bits == 1) {
            quantizer.packSigns(address(x, n), n, scale, shift, writable(payload, payloadOffset, n / Byte.SIZE),
                    address(indices, n));
        } else {
            quantize(x, n, scale, shift, codebook, indices);
            packing.packAndLookUp(address(indices, n), n, bits, writable(payload, payloadOffset, (long) n * bits / 8));
        }
        Reference.reachabilityFence(indices);
        Reference.reachabilityFence(payload);
        return dot(x, indices, n);
    }

    @Override
    public CodingKernels coding() {
        return new VectorCoding();
    }
}
