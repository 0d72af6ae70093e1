package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares every kernel in use with the scalar one, bit for bit: first interpreted, then until it is compiled, then
 * over all sizes again. The build runs this class in a separate JVM for each vector width, with synchronous
 * compilation.
 *
 * <p>Memory that a kernel accesses from its byte 0 ends right after its coordinates, so that the bounds check of the
 * whole catches a kernel that requests more; payloads and sums lie between guard bytes that must not change.
 */
class KernelsTest {
    private static final int[] ANY_SIZES = {1, 2, 7, 63, 64, 65, 207, 1024, 4098};
    private static final int[] BLOCK_SIZES = {128, 256, 512, 1024, 2048, 4096, 8192, 1 << 14, 1 << 15, 1 << 16,
            1 << 17};
    private static final int HOT_CALLS = 3000;
    private static final int HOT_SIZE = 1024;
    /** The default block, the only one for which some kernels are fused. */
    private static final int HOT_BLOCK = 4096;
    /** Calls are slow if vectors are wider than the machine's. */
    private static final long HOT_LIMIT_NANOS = 500_000_000L;
    private static final int GUARD = 64;
    private static final byte GUARD_BYTE = (byte) 0xA5;
    private static final long SEED = 161803;

    private final Kernels scalar = new ScalarKernels();
    private final Kernels kernels = KernelProvider.kernels();

    /** One call on a fresh copy of its input. */
    private interface Call {
        /** Returns everything the kernel wrote, with its surroundings. */
        MemorySegment output(Kernels kernels);
    }

    private interface CallOfSize {
        Call of(int n);
    }

    static Stream<Arguments> bitsAndOffsets() {
        return IntStream.rangeClosed(1, 8)
            .boxed()
            .flatMap(bits -> IntStream.of(0, 1, 4, 6).mapToObj(offset -> Arguments.of(bits, offset)));
    }

    static IntStream bits() {
        return IntStream.rangeClosed(1, 8);
    }

    @Test
    void shouldFindTheSameLargestMagnitude() {
        compare(ANY_SIZES, n -> {
            MemorySegment x = TestVectors.offHeap(coordinates(n + 3));
            return k -> ints(k.maxAbsBits(x, 0, n), k.maxAbsBits(x, 12, n));
        });
    }

    @Test
    void shouldFindTheSameLargestMagnitudeWhereverItIs() {
        int n = 207;
        for (float largest : new float[]{8, -8, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY}) {
            for (int i = 0; i < n; i++) {
                float[] values = new float[n];
                values[i] = largest;
                int expected = Float.floatToRawIntBits(largest) & Integer.MAX_VALUE;
                assertEquals(expected, kernels.maxAbsBits(TestVectors.offHeap(values), 0, n), largest + " at " + i);
                assertEquals(expected, scalar.maxAbsBits(TestVectors.offHeap(values), 0, n), largest + " at " + i);
            }
        }
    }

    @Test
    void shouldMakeTheSameSignWords() {
        compare(BLOCK_SIZES, n -> k -> signWords(k, SEED + n, Kernels.MOST_ROUNDS, n));
    }

    @Test
    void shouldTransformTheSame() {
        compare(BLOCK_SIZES, HOT_BLOCK, n -> {
            float[] values = coordinates(n);
            return k -> {
                MemorySegment x = TestVectors.offHeap(values);
                k.hadamard(x, n);
                return x;
            };
        });
    }

    @Test
    void shouldRotateTheSame() {
        compare(BLOCK_SIZES, HOT_BLOCK, n -> {
            float[] values = coordinates(n);
            MemorySegment words = signWords(scalar, SEED, 2, n);
            return k -> {
                MemorySegment x = TestVectors.offHeap(values);
                k.rotate(x, 0, n, words, 1, 0x1p-3f, x);
                return x;
            };
        });
    }

    @Test
    void shouldRotateTheSameFromElsewhere() {
        compare(BLOCK_SIZES, HOT_BLOCK, n -> {
            MemorySegment words = signWords(scalar, SEED, 2, n);
            float[] values = coordinates(n + 3);
            MemorySegment from = TestVectors.offHeap(values);
            return k -> {
                MemorySegment both = Arena.ofAuto().allocate(8L * n, 64);
                k.rotate(from, 12, n, words, 0, 1, both.asSlice(0, 4L * n));
                k.rotate(from, 12, n, words, 1, 0x1p-3f, both.asSlice(4L * n));
                assertArrayEquals(values, TestVectors.floats(from), "where it came from");
                return both;
            };
        });
    }

    @Test
    void shouldRotateTwiceTheSame() {
        compare(BLOCK_SIZES, HOT_BLOCK, n -> {
            MemorySegment words = signWords(scalar, SEED, 2, n);
            float[] values = coordinates(n + 3);
            MemorySegment from = TestVectors.offHeap(values);
            return k -> {
                MemorySegment both = Arena.ofAuto().allocate(8L * n, 64);
                MemorySegment.copy(from, 0, both, 4L * n, 4L * n);
                MemorySegment inPlace = both.asSlice(4L * n);
                k.rotateTwice(from, 12, n, words, both.asSlice(0, 4L * n));
                k.rotateTwice(inPlace, 0, n, words, inPlace);
                assertArrayEquals(values, TestVectors.floats(from), "where it came from");
                return both;
            };
        });
    }

    @Test
    void shouldScaleAndSquareTheSame() {
        compare(BLOCK_SIZES, n -> {
            MemorySegment from = TestVectors.offHeap(coordinates(n + 3));
            return k -> {
                MemorySegment x = Arena.ofAuto().allocate(4L * n, 64);
                k.scale(from, 12, n, .3f, x);
                k.scale(x, 0, n, 5, x);
                k.square(x, n);
                return x;
            };
        });
    }

    @Test
    void shouldAddTheSameInverse() {
        compare(BLOCK_SIZES, HOT_BLOCK, n -> {
            float[] coordinates = coordinates(n);
            MemorySegment words = signWords(scalar, SEED, 2, n);
            float[] values = TestVectors.normal(SEED + 1, n);
            return k -> betweenGuards(values,
                    (sum, offset) -> k.addInverseTwice(TestVectors.offHeap(coordinates), n, words,
                            .3f, sum, offset));
        });
    }

    @Test
    void shouldAddSignedTheSame() {
        compare(IntStream.concat(IntStream.of(ANY_SIZES), IntStream.of(BLOCK_SIZES)).toArray(), n -> {
            MemorySegment x = TestVectors.offHeap(coordinates(n));
            MemorySegment words = signWords(scalar, SEED, 1, BlockLayout.paddedSize(n));
            float[] values = TestVectors.normal(SEED + 1, n);
            return k -> betweenGuards(values, (sum, offset) -> k.addSigned(x, n, words, .3f, sum, offset));
        });
    }

    @Test
    void shouldAddScaledTheSame() {
        compare(ANY_SIZES, n -> {
            MemorySegment x = TestVectors.offHeap(coordinates(n));
            float[] values = TestVectors.normal(SEED + 1, n);
            return k -> betweenGuards(values, (sum, offset) -> k.addScaled(x, n, -.7f, sum, offset));
        });
    }

    @Test
    void shouldSumTheSame() {
        compare(BLOCK_SIZES, n -> {
            MemorySegment x = TestVectors.offHeap(coordinates(n));
            MemorySegment y = TestVectors.offHeap(TestVectors.normal(SEED + 1, n));
            return k -> longs(k.dot(x, y, n), k.dot(x, x, n));
        });
    }

    /** Returns a shift for some sizes, if the codebook supports it. */
    private static float shift(int bits, int n) {
        return bits <= Kernels.MOST_SHIFTED_BITS && Integer.numberOfTrailingZeros(n) % 2 == 0 ? .0371f : 0;
    }

    @ParameterizedTest
    @MethodSource("bits")
    void shouldQuantizeTheSame(int bits) {
        Codebook codebook = Codebook.ofBits(bits);
        compare(BLOCK_SIZES, n -> {
            MemorySegment x = TestVectors.offHeap(aroundBoundaries(codebook, n));
            return k -> {
                MemorySegment indices = Arena.ofAuto().allocate(4L * n, 64);
                k.quantize(x, n, n == 256 ? .71f : 1, shift(bits, n), codebook, indices);
                return indices;
            };
        });
    }

    @ParameterizedTest
    @MethodSource("bitsAndOffsets")
    void shouldPackTheSame(int bits, int offset) {
        compare(BLOCK_SIZES, n -> {
            MemorySegment indices = Arena.ofAuto()
                .allocateFrom(ValueLayout.JAVA_INT, new SplittableRandom(SEED).ints(n, 0, 1 << bits).toArray());
            int packedBytes = n * bits / 8;
            return k -> {
                MemorySegment payload = guarded(offset + packedBytes);
                k.pack(indices, n, bits, payload, GUARD + offset);
                assertGuards(payload, GUARD + offset, packedBytes);
                return payload;
            };
        });
    }

    @ParameterizedTest
    @MethodSource("bits")
    void shouldLookUpTheSame(int bits) {
        compare(BLOCK_SIZES, n -> {
            int[] indices = new SplittableRandom(SEED).ints(n, 0, 1 << bits).toArray();
            return k -> {
                MemorySegment centroids = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, indices);
                k.lookUp(centroids, n, Codebook.ofBits(bits));
                return centroids;
            };
        });
    }

    @ParameterizedTest
    @MethodSource("bitsAndOffsets")
    void shouldQuantizeAndPackTheSame(int bits, int offset) {
        Codebook codebook = Codebook.ofBits(bits);
        compare(BLOCK_SIZES, n -> {
            MemorySegment x = TestVectors.offHeap(aroundBoundaries(codebook, n));
            int packedBytes = n * bits / 8;
            return k -> {
                MemorySegment payload = guarded(offset + packedBytes + Double.BYTES);
                double dot = k.quantizeAndPack(x, n, .9f, shift(bits, n), codebook, Arena.ofAuto().allocate(4L * n, 64),
                        payload,
                        GUARD + offset);
                payload.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, GUARD + offset + packedBytes, dot);
                assertGuards(payload, GUARD + offset, packedBytes + Double.BYTES);
                return payload;
            };
        });
    }

    @ParameterizedTest
    @MethodSource("bitsAndOffsets")
    void shouldUnpackTheSame(int bits, int offset) {
        Codebook codebook = Codebook.ofBits(bits);
        compare(BLOCK_SIZES, n -> {
            byte[] packed = new byte[offset + n * bits / 8];
            new SplittableRandom(SEED).nextBytes(packed);
            MemorySegment payload = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, packed);
            return k -> {
                MemorySegment centroids = Arena.ofAuto().allocate(4L * n, 64);
                k.unpack(payload, offset, n, codebook, centroids);
                return centroids;
            };
        });
    }

    @ParameterizedTest
    @MethodSource("bitsAndOffsets")
    void shouldUnpackWhatItPacked(int bits, int offset) {
        Codebook codebook = Codebook.ofBits(bits);
        for (int n : BLOCK_SIZES) {
            int[] indices = new SplittableRandom(SEED + n).ints(n, 0, 1 << bits).toArray();
            MemorySegment payload = Arena.ofAuto().allocate(offset + n * bits / 8);
            kernels.pack(Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, indices), n, bits, payload, offset);
            MemorySegment centroids = Arena.ofAuto().allocate(4L * n, 64);
            kernels.unpack(payload, offset, n, codebook, centroids);
            int sign = 1 << bits - 1;
            for (int i = 0; i < n; i++) {
                float magnitude = codebook.floatCentroids()[indices[i] & sign - 1];
                float expected = (indices[i] & sign) == 0 ? magnitude : -magnitude;
                assertEquals(expected, centroids.getAtIndex(ScalarKernels.FLOAT, i), "coordinate " + i + " of " + n);
            }
        }
    }

    /** Every boundary and its neighbours, magnitudes in steps of 1/256 up to 8, and far above. */
    @ParameterizedTest
    @MethodSource("bits")
    void shouldQuantizeEveryMagnitudeTheSame(int bits) {
        Codebook codebook = Codebook.ofBits(bits);
        float[] x = new float[4096];
        int n = 0;
        for (float boundary : codebook.floatBoundaries()) {
            x[n++] = Math.nextDown(boundary);
            x[n++] = boundary;
            x[n++] = Math.nextUp(boundary);
        }
        for (int step = 0; n < x.length - 2; step++) {
            x[n++] = step / 256f;
        }
        x[n++] = 64;
        x[n] = 1e30f;
        MemorySegment expected = Arena.ofAuto().allocate(4L * x.length, 64);
        MemorySegment indices = Arena.ofAuto().allocate(4L * x.length, 64);
        scalar.quantize(TestVectors.offHeap(x), x.length, 1, 0, codebook, expected);
        kernels.quantize(TestVectors.offHeap(x), x.length, 1, 0, codebook, indices);
        assertSame(expected, indices, bits + " bits");
    }

    private void compare(int[] sizes, CallOfSize calls) {
        compare(sizes, HOT_SIZE, calls);
    }

    private void compare(int[] sizes, int hotSize, CallOfSize calls) {
        compareSizes(sizes, calls, "cold");
        Call call = calls.of(hotSize);
        MemorySegment expected = call.output(scalar);
        long start = System.nanoTime();
        for (int i = 0; i < HOT_CALLS && System.nanoTime() - start < HOT_LIMIT_NANOS; i++) {
            assertSame(expected, call.output(kernels), "call " + i);
        }
        compareSizes(sizes, calls, "hot");
    }

    private void compareSizes(int[] sizes, CallOfSize calls, String when) {
        for (int n : sizes) {
            Call call = calls.of(n);
            assertSame(call.output(scalar), call.output(kernels), when + ", n = " + n);
        }
    }

    private static void assertSame(MemorySegment expected, MemorySegment actual, String what) {
        assertEquals(expected.byteSize(), actual.byteSize(), what);
        long at = expected.mismatch(actual);
        if (at >= 0) {
            assertEquals(-1, at, what + ": bytes differ from the scalar kernel's");
        }
    }

    private interface Adder {
        void addTo(MemorySegment sum, long offset);
    }

    private static MemorySegment betweenGuards(float[] values, Adder adder) {
        int bytes = 4 * values.length;
        MemorySegment sum = guarded(bytes);
        MemorySegment.copy(values, 0, sum, ValueLayout.JAVA_FLOAT_UNALIGNED, GUARD, values.length);
        adder.addTo(sum, GUARD);
        assertGuards(sum, GUARD, bytes);
        return sum;
    }

    private static MemorySegment guarded(int bytes) {
        return Arena.ofAuto().allocate(GUARD + bytes + GUARD, 64).fill(GUARD_BYTE);
    }

    private static void assertGuards(MemorySegment segment, int from, int bytes) {
        assertTrue(allGuards(segment.asSlice(0, from)), "bytes before were overwritten");
        assertTrue(allGuards(segment.asSlice(from + bytes)), "bytes after were overwritten");
    }

    private static boolean allGuards(MemorySegment segment) {
        for (long i = 0; i < segment.byteSize(); i++) {
            if (segment.get(ValueLayout.JAVA_BYTE, i) != GUARD_BYTE) {
                return false;
            }
        }
        return true;
    }

    private static MemorySegment signWords(Kernels kernels, long seed, int rounds, int n) {
        MemorySegment words = Arena.ofAuto().allocate(4L * rounds * Kernels.signWordCount(n), 64);
        kernels.signWords(seed, rounds, words, n);
        return words;
    }

    /** Returns magnitudes from subnormal to 2^30 and both zeros. */
    private static float[] coordinates(int n) {
        SplittableRandom random = new SplittableRandom(SEED + n);
        float[] x = TestVectors.normal(SEED + n, n);
        for (int i = 0; i < n / 16; i++) {
            int at = random.nextInt(n);
            x[at] = switch (random.nextInt(4)) {
                case 0 -> 0f;
                case 1 -> -0f;
                case 2 -> x[at] * 0x1p-130f;
                default -> x[at] * 0x1p30f;
            };
        }
        return x;
    }

    /** Returns normal coordinates, every boundary and its neighbours with both signs, zeros, ties and extremes. */
    private static float[] aroundBoundaries(Codebook codebook, int n) {
        float[] x = TestVectors.normal(SEED + n, n, 1.3);
        SplittableRandom random = new SplittableRandom(SEED - n);
        float[] boundaries = codebook.floatBoundaries();
        for (int i = 1; i < n; i += 2) {
            float special = switch (random.nextInt(16)) {
                case 0 -> 0f;
                case 1 -> Codebook.TIE;
                case 3 -> Math.nextUp(Codebook.TIE);
                case 2 -> 0x1p100f;
                default -> {
                    float boundary = boundaries.length == 0 ? 1 : boundaries[random.nextInt(boundaries.length)];
                    yield switch (random.nextInt(3)) {
                        case 0 -> Math.nextDown(boundary);
                        case 1 -> boundary;
                        default -> Math.nextUp(boundary);
                    };
                }
            };
            x[i] = random.nextBoolean() ? special : -special;
        }
        return x;
    }

    private static MemorySegment ints(int... values) {
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, values);
    }

    private static MemorySegment longs(double first, double second) {
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_DOUBLE, first, second);
    }
}
