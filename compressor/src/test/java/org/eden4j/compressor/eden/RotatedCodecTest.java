package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.ReferenceThreefry;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The codec against its definition in double precision: x^ = (D H)...(D H) S c(z + u) with z = sqrt(d) y / |y|, and the
 * shift u.
 *
 * <p>By chance: 1e-8, in three comparisons.
 */
class RotatedCodecTest {
    private static final long SEED = 0x5DEECE66DL;

    static Stream<Arguments> methodsAndSizes() {
        return Stream.of("eden:bits=1", "eden:bits=2,rounds=1", "eden:bits=3,rounds=3", "eden:bits=4,scale=biased",
                "eden:bits=5,scale=matched", "eden:bits=6,scale=unit", "eden:bits=7,rounds=2", "eden:bits=8", "drive",
                "drive:scale=biased,rounds=1", "turboquant-mse:bits=4", "matched-norm:bits=2")
            .flatMap(method -> Stream.of(128, 256, 512, 1024, 2048, 4096, 8192)
                .map(size -> Arguments.of(Method.parse(method), size)));
    }

    @ParameterizedTest
    @MethodSource("methodsAndSizes")
    void shouldComputeTheDefinition(Method method, int size) {
        float[] x = TestVectors.normal(SEED + size, size, 1e-3);
        x[size / 3] = .005f;
        float[] estimate = new BlockPipe(method, size).send(x, SEED);
        double[] expected = definition((RotatedMethod) method, x);
        double squaredDistance = 0;
        double squaredNorm = 0;
        for (int i = 0; i < size; i++) {
            squaredDistance += (estimate[i] - expected[i]) * (estimate[i] - expected[i]);
            squaredNorm += expected[i] * expected[i];
        }
        // A coordinate within float32 rounding of a boundary may fall on the other side: a cell's width, 1e-2 at 8 bits
        // and 1.6 at one, for one coordinate in thousands. Any other difference is of the order of 1.
        assertEquals(0, squaredDistance / squaredNorm, 4.0 / size * Math.pow(4, 1 - ((RotatedMethod) method).bits()));
    }

    private static double[] definition(RotatedMethod method, float[] x) {
        int size = x.length;
        int rounds = method.rounds().forBlock(size);
        double[] y = new double[size];
        for (int i = 0; i < size; i++) {
            y[i] = x[i];
        }
        for (int round = 0; round < rounds; round++) {
            flip(y, round);
            transform(y);
        }
        double squaredNorm = dot(y, y);
        double shift = new LatticeDither(method).shift(size, largest(x), squaredNorm, SEED);
        double[] c = new double[size];
        double[] centroids = Codebook.ofBits((int) method.bits()).centroids();
        for (int i = 0; i < size; i++) {
            double z = y[i] * Math.sqrt(size / squaredNorm) + shift;
            c[i] = Math.copySign(nearest(centroids, Math.abs(z)), z);
        }
        double scale = switch (method.scale()) {
            case UNBIASED -> squaredNorm / dot(y, c);
            case BIASED -> dot(y, c) / dot(c, c);
            case MATCHED_NORM -> Math.sqrt(squaredNorm / dot(c, c));
            case UNIT -> Math.sqrt(squaredNorm / size);
        };
        for (int i = 0; i < size; i++) {
            c[i] *= scale;
        }
        for (int round = rounds - 1; round >= 0; round--) {
            transform(c);
            flip(c, round);
        }
        return c;
    }

    private static float largest(float[] x) {
        float largest = 0;
        for (float value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static void flip(double[] x, int round) {
        for (int i = 0; i < x.length; i++) {
            if (ReferenceThreefry.negates(SEED, round, i)) {
                x[i] = -x[i];
            }
        }
    }

    /** The orthonormal Walsh-Hadamard transform in natural order. */
    private static void transform(double[] x) {
        for (int stride = 1; stride < x.length; stride *= 2) {
            for (int i = 0; i < x.length; i++) {
                if ((i & stride) == 0) {
                    double a = x[i];
                    double b = x[i + stride];
                    x[i] = (a + b) / Math.sqrt(2);
                    x[i + stride] = (a - b) / Math.sqrt(2);
                }
            }
        }
    }

    private static double nearest(double[] centroids, double z) {
        double best = centroids[0];
        for (double centroid : centroids) {
            if (Math.abs(centroid - z) < Math.abs(best - z)) {
                best = centroid;
            }
        }
        return best;
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("methodsAndSizes")
    void shouldMakeTheSameBitsWithScalarKernels(Method method, int size) {
        float[] x = TestVectors.normal(SEED - size, size);
        BlockPipe chosen = new BlockPipe(method, size);
        BlockPipe scalar = new BlockPipe(new RotatedCodec((RotatedMethod) method, new ScalarKernels()), size);
        assertArrayEquals(TestVectors.bytes(scalar.encode(x, SEED)), TestVectors.bytes(chosen.encode(x, SEED)));
        assertArrayEquals(scalar.decode(SEED), chosen.decode(SEED));
    }

    @Test
    void shouldBeNearlyTheIdentityAtEightBits() {
        for (HadamardRounds rounds : HadamardRounds.values()) {
            for (int size = 128; size <= 1 << 16; size *= 2) {
                float[] x = TestVectors.normal(SEED, size);
                float[] estimate = new BlockPipe(new Eden(8, ScaleRule.UNBIASED, rounds), size).send(x, SEED);
                double error = TestVectors.relativeError(x, estimate);
                assertTrue(error < 4 * ScaleRule.UNBIASED.vnmse(Codebook.ofBits(8).distortion()),
                        rounds + " rounds, " + size + " coordinates: " + error);
            }
        }
    }

    /** The default block has separate kernels for ordinary exponents. */
    @ParameterizedTest
    @ValueSource(ints = {1024, BlockLayout.DEFAULT_BLOCK})
    void shouldBeBlindToPowersOfTwo(int size) {
        float[] x = TestVectors.normal(SEED, size);
        BlockPipe pipe = new BlockPipe(Eden.unbiased(4), x.length);
        byte[] indices = indices(pipe, x);
        float scale = pipe.scale();
        for (int exponent = -110; exponent <= 110; exponent++) {
            float[] scaled = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                scaled[i] = Math.scalb(x[i], exponent);
            }
            assertArrayEquals(indices, indices(pipe, scaled), "times 2^" + exponent);
            assertEquals(Math.scalb(scale, exponent), pipe.scale());
        }
    }

    @Test
    void shouldAddTheSameWhereverTheSumIs() {
        int size = BlockLayout.DEFAULT_BLOCK;
        BlockCodec codec = BlockCodec.of(Eden.unbiased(4));
        Arena arena = Arena.ofAuto();
        MemorySegment payload = arena.allocate(codec.payloadBytes(size));
        BlockSeed seed = new BlockSeed(SEED, ~SEED);
        codec.encode(TestVectors.offHeap(TestVectors.normal(SEED, size)), 0, size, seed, payload, 0);
        float[] expected = sum(codec, payload, seed, size, 1);
        MemorySegment page = arena.allocate(4L * (1024 + size), 4096);
        for (int first = 0; first <= 1024; first += 8) {
            page.fill((byte) 0);
            codec.accumulate(payload, 0, codec.payloadBytes(size), size, seed, 1, page, first);
            float[] sum = page.asSlice(4L * first, 4L * size).toArray(ValueLayout.JAVA_FLOAT);
            assertArrayEquals(expected, sum, "from coordinate " + first);
        }
    }

    @Test
    void shouldAddTheSameAtEveryPowerOfTwo() {
        int size = 4096;
        Method method = Eden.unbiased(4);
        BlockCodec codec = BlockCodec.of(method);
        Arena arena = Arena.ofAuto();
        MemorySegment payload = arena.allocate(codec.payloadBytes(size));
        BlockSeed seed = new BlockSeed(SEED, ~SEED);
        codec.encode(TestVectors.offHeap(TestVectors.normal(SEED, size)), 0, size, seed, payload, 0);
        float[] expected = sum(codec, payload, seed, size, 1);
        // At 2^-88 and below the codec keeps the factor in range in another way.
        for (int exponent = -100; exponent <= 100; exponent++) {
            float[] sum = sum(codec, payload, seed, size, Math.scalb(1f, exponent));
            for (int i = 0; i < size; i++) {
                assertEquals(Math.scalb(expected[i], exponent), sum[i], "coordinate " + i + " at 2^" + exponent);
            }
        }
    }

    private static float[] sum(BlockCodec codec, MemorySegment payload, BlockSeed seed, int size, float weight) {
        MemorySegment sum = Arena.ofAuto().allocate(4L * size, 64);
        codec.accumulate(payload, 0, (int) payload.byteSize(), size, seed, weight, sum, 0);
        return TestVectors.floats(sum);
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 22, 1 << 23})
    void shouldKeepThreeRoundsOfLargeBlocksInRange(int size) {
        float[] x = TestVectors.normal(SEED, size);
        for (int i = 0; i < size; i++) {
            x[i] *= 0x1p13f;
        }
        float[] estimate = new BlockPipe(new Eden(4, ScaleRule.UNBIASED, HadamardRounds.THREE), size).send(x, SEED);
        // The relative standard error at 2^22 coordinates is below .001.
        assertEquals(ScaleRule.UNBIASED.vnmse(Codebook.ofBits(4).distortion()), TestVectors.relativeError(x, estimate),
                1e-4);
    }

    @Test
    void shouldRefuseMemoryOfAnotherThread() throws Exception {
        BlockCodec codec = BlockCodec.of(Eden.unbiased(4));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradient = arena.allocate(4L * 4096, 64);
            FutureTask<WrongThreadException> refusal = new FutureTask<>(() -> assertThrows(WrongThreadException.class,
                    () -> codec.encode(gradient, 0, 4096, new BlockSeed(SEED, SEED),
                            Arena.ofAuto().allocate(codec.payloadBytes(4096)), 0)));
            Thread.ofPlatform().start(refusal);
            refusal.get();
        }
    }

    @Test
    void shouldRefuseToWriteToReadOnlyMemory() {
        int size = 4096;
        BlockCodec codec = BlockCodec.of(Eden.unbiased(4));
        MemorySegment x = TestVectors.offHeap(TestVectors.normal(SEED, size));
        MemorySegment payload = Arena.ofAuto().allocate(codec.payloadBytes(size));
        BlockSeed seed = new BlockSeed(SEED, ~SEED);
        assertThrows(IllegalArgumentException.class, () -> codec.encode(x, 0, size, seed, payload.asReadOnly(), 0));
        codec.encode(x.asReadOnly(), 0, size, seed, payload, 0);
        MemorySegment sum = Arena.ofAuto().allocate(4L * size, 64);
        assertThrows(IllegalArgumentException.class, () -> codec.accumulate(payload, 0, (int) payload.byteSize(), size,
                seed, 1, sum.asReadOnly(), 0));
        assertEquals(-1, sum.mismatch(Arena.ofAuto().allocate(4L * size)), "the sum was not written to");
    }

    private static byte[] indices(BlockPipe pipe, float[] x) {
        return TestVectors.bytes(pipe.encode(x, SEED).asSlice(Float.BYTES));
    }

    @Test
    void shouldRotateDifferentlyWithEverySeed() {
        float[] x = TestVectors.normal(SEED, 4096);
        BlockPipe pipe = new BlockPipe(Drive.unbiased(), x.length);
        byte[] one = indices(pipe, x);
        byte[] other = new byte[one.length];
        System.arraycopy(TestVectors.bytes(pipe.encode(x, SEED + 1)), Float.BYTES, other, 0, other.length);
        int different = 0;
        for (int i = 0; i < one.length; i++) {
            different += Integer.bitCount((one[i] ^ other[i]) & 0xFF);
        }
        assertEquals(2048, different, 6 * Math.sqrt(4096) / 2, "half of the signs, within six standard errors");
    }

    @Test
    void shouldSpendBitsTimesPaddedSizeAndFourBytesForTheScale() {
        for (int bits = 1; bits <= 8; bits++) {
            BlockCodec codec = BlockCodec.of(Eden.unbiased(bits));
            assertEquals(4 + 128 * bits / 8, codec.payloadBytes(1));
            assertEquals(4 + 128 * bits / 8, codec.payloadBytes(128));
            assertEquals(4 + 256 * bits / 8, codec.payloadBytes(129));
            assertEquals(4 + 4096 * bits / 8, codec.payloadBytes(4096));
            assertEquals(4 + (1 << 24) / 8 * bits, codec.payloadBytes(1 << 24));
        }
    }
}
