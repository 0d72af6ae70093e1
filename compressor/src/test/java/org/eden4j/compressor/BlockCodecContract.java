package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every method's codec, for any arguments and any bytes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BlockCodecContract {
    public static final long SEED = 0xC0FFEE;
    protected static final BlockSeed SEEDS = new BlockSeed(SEED, ~SEED);
    private static final int[] LENGTHS = {1, 2, 3, 7, 63, 64, 65, 127, 128, 129, 207, 255, 256, 257, 511, 512, 513,
            1000,
            1023, 1024, 1025, 2048, 4095, 4096, 4097, 4098};
    private static final int NOISE_TRIALS = 500;
    private static final int GUARD = 16;
    private static final byte GUARD_BYTE = 0x5A;
    private static final float UNTOUCHED = 12345.678f;

    /** Returns the method with the parameters to test. */
    protected abstract Stream<Method> methods();

    /** Fails if the error of the estimate exceeds that of the method. */
    protected abstract void assertClose(Method method, float[] x, float[] estimate, String what);

    /** Returns inputs at the limits of what the method supports. */
    protected List<float[]> extremes() {
        float[] normal = TestVectors.normal(SEED, 1000);
        float[] mixed = new float[1000];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = i % 100 == 7 ? normal[i] * 1e37f : normal[i] * 1e-38f;
        }
        return List.of(scaled(normal, 1e-38f), scaled(normal, 2e37f), scaled(normal, 1e-41f), mixed,
                TestVectors.sparse(1000, 1e38f), TestVectors.sparse(1000, -1e38f, 1e-38f),
                TestVectors.sparse(4096, 1e-38f), TestVectors.sparse(128, 1e38f, -1e38f));
    }

    /**
     * Returns whether bytes that no encoder produces may decode to coordinates outside float32, which become infinite.
     */
    protected boolean mayOverflow(byte[] payload) {
        return false;
    }

    /** Returns the longest block to test: shorter if a block takes quadratic time. */
    protected int longest() {
        return LENGTHS[LENGTHS.length - 1];
    }

    /** Returns the longest block of random bytes to test. */
    protected int longestNoise() {
        return 600;
    }

    /** Returns the number of coordinates of a sum that a block of this length may change. */
    protected int sumCoordinates(Method method, int length) {
        return length;
    }

    private int[] upToLongest(int... lengths) {
        return Arrays.stream(lengths).filter(length -> length <= longest()).toArray();
    }

    protected static float[] scaled(float[] x, float factor) {
        float[] result = x.clone();
        for (int i = 0; i < x.length; i++) {
            result[i] *= factor;
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldEstimateBlocksOfEveryLength(Method method) {
        for (int length : upToLongest(LENGTHS)) {
            float[] x = TestVectors.normal(SEED + length, length);
            assertClose(method, x, new BlockPipe(method, length).send(x, SEED), "length " + length);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldGiveTheSameBytesWhateverItEncodedBefore(Method method) {
        BlockCodec used = BlockCodec.of(method);
        for (int length : upToLongest(4098, 1, 1000, 128, 2048, 129, 2)) {
            float[] x = TestVectors.normal(SEED + length, length);
            byte[] fresh = encode(BlockCodec.of(method), x, SEED);
            assertArrayEquals(fresh, encode(used, x, SEED), "length " + length);
            assertArrayEquals(decode(method, BlockCodec.of(method), fresh, length),
                    decode(method, used, fresh, length));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldReturnAndFillExactlyThePayloadsLength(Method method) {
        BlockCodec codec = BlockCodec.of(method);
        for (int length : upToLongest(LENGTHS)) {
            MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(SEED, length));
            int bytes = codec.payloadBytes(length);
            MemorySegment payload = Arena.ofAuto().allocate(GUARD + bytes + GUARD).fill(GUARD_BYTE);
            int written = codec.encode(gradient, 0, length, SEEDS, payload, GUARD);
            assertEquals(written, method.hasFixedLength() ? bytes : Math.min(written, bytes));
            assertGuards(payload, written);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldSendZerosAsZeros(Method method) {
        for (float zero : new float[]{0f, -0f}) {
            for (int length : upToLongest(LENGTHS)) {
                float[] x = new float[length];
                Arrays.fill(x, zero);
                BlockCodec codec = BlockCodec.of(method);
                float[] sum = TestVectors.normal(SEED, sumCoordinates(method, length));
                float[] before = sum.clone();
                accumulate(codec, encode(codec, x, SEED), length, 1, sum);
                assertArrayEquals(before, sum, "length " + length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldFindASingleCoordinateWhereverItIs(Method method) {
        for (int length : upToLongest(1, 2, 127, 128, 129, 1000, 4096)) {
            BlockPipe pipe = new BlockPipe(method, length);
            for (int at : new int[]{0, 1, length / 2, length - 1}) {
                if (at < length) {
                    float[] x = new float[length];
                    x[at] = -3;
                    assertClose(method, x, pipe.send(x, SEED + at), "coordinate " + at + " of " + length);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldSurviveExtremes(Method method) {
        int number = 0;
        for (float[] x : extremes()) {
            if (x.length > longest()) {
                continue;
            }
            float[] estimate;
            try {
                estimate = new BlockPipe(method, x.length).send(x, SEED);
            } catch (NonFiniteGradientException e) {
                assertTrue(e.getMessage().contains("encodes this block up to"), e.getMessage());
                continue;
            }
            assertFinite(estimate);
            assertClose(method, x, estimate, "extreme input " + number++);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldRefuseNaNAndInfinityAndNameTheIndex(Method method) {
        int first = 5;
        int length = 300;
        BlockCodec codec = BlockCodec.of(method);
        int bytes = codec.payloadBytes(length);
        float[] good = TestVectors.normal(SEED, first + length + 9);
        for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at : new int[]{first, first + 1, first + 130, first + length - 1}) {
                float[] x = good.clone();
                x[at] = bad;
                x[first + length - 1] = bad;
                MemorySegment payload = Arena.ofAuto().allocate(GUARD + bytes + GUARD).fill(GUARD_BYTE);
                NonFiniteGradientException refused = assertThrows(NonFiniteGradientException.class,
                        () -> codec.encode(TestVectors.offHeap(x), first, length, SEEDS, payload, GUARD));
                assertEquals(at, refused.index());
                assertTrue(refused.getMessage().startsWith("gradient[" + at + "] is " + bad), refused.getMessage());
                assertGuards(payload, bytes);
            }
        }
        float[] badOutside = good.clone();
        badOutside[first - 1] = Float.NaN;
        badOutside[first + length] = Float.NaN;
        MemorySegment payload = Arena.ofAuto().allocate(bytes);
        int written = codec.encode(TestVectors.offHeap(badOutside), first, length, SEEDS, payload, 0);
        assertArrayEquals(encode(BlockCodec.of(method), Arrays.copyOfRange(good, first, first + length), SEED),
                TestVectors.bytes(payload.asSlice(0, written)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldRefuseAPayloadCutShortOrExtended(Method method) {
        BlockCodec codec = BlockCodec.of(method);
        for (int length : new int[]{1, 128, 200}) {
            byte[] good = encode(codec, TestVectors.normal(SEED, length), SEED);
            for (int bytes = 0; bytes <= good.length + 70; bytes++) {
                if (bytes != good.length && !method.hasFixedLength()) {
                    assertStood(method, codec, Arrays.copyOf(good, bytes), length);
                } else if (bytes != good.length) {
                    String message = assertRefused(method, codec, Arrays.copyOf(good, bytes), length);
                    assertTrue(message.contains(bytes + " bytes, expected " + good.length), message);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldStandEveryFlippedBit(Method method) {
        int length = 128;
        BlockCodec codec = BlockCodec.of(method);
        byte[] good = encode(codec, TestVectors.normal(SEED, length), SEED);
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertStood(method, codec, flipped, length);
        }
        assertArrayEquals(decode(method, BlockCodec.of(method), good, length), decode(method, codec, good, length));
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldStandRandomBytes(Method method) {
        SplittableRandom random = new SplittableRandom(SEED);
        BlockCodec codec = BlockCodec.of(method);
        for (int trial = 0; trial < NOISE_TRIALS; trial++) {
            int length = random.nextInt(1, longestNoise());
            byte[] noise = new byte[codec.payloadBytes(length)];
            random.nextBytes(noise);
            assertStood(method, codec, noise, length);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldNotCareWhereMemoryIs(Method method) {
        int first = 3;
        for (int length : upToLongest(1, 128, 300, 1024, 4096)) {
            float[] x = TestVectors.normal(SEED, first + length + 5);
            float[] sum = TestVectors.normal(SEED + 1, first + sumCoordinates(method, length) + 5);
            BlockCodec codec = BlockCodec.of(method);
            int bytes = codec.payloadBytes(length);
            byte[] expectedPayload = null;
            float[] expectedSum = null;
            for (int offset : new int[]{0, 1, 2, 3, 8}) {
                for (boolean heap : new boolean[]{false, true}) {
                    MemorySegment gradient = heap ? MemorySegment.ofArray(x) : TestVectors.offHeap(x);
                    MemorySegment payload = heap
                            ? MemorySegment.ofArray(new byte[offset + bytes])
                            : Arena.ofAuto().allocate(offset + bytes);
                    MemorySegment target = heap ? MemorySegment.ofArray(sum.clone()) : TestVectors.offHeap(sum);
                    int written = codec.encode(gradient, first, length, SEEDS, payload, offset);
                    codec.accumulate(payload, offset, written, length, SEEDS, .25f, target, first);
                    codec.finish(length, SEEDS, target, first);
                    byte[] payloadBytes = TestVectors.bytes(payload.asSlice(offset, written));
                    if (expectedPayload == null) {
                        expectedPayload = payloadBytes;
                        expectedSum = TestVectors.floats(target);
                    }
                    String what = (heap ? "on" : "off") + " the heap, offset " + offset + ", length " + length;
                    assertArrayEquals(expectedPayload, payloadBytes, what);
                    assertArrayEquals(expectedSum, TestVectors.floats(target), what);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldTouchNothingButItsOwnCoordinates(Method method) {
        int first = 7;
        for (int length : upToLongest(LENGTHS)) {
            BlockCodec codec = BlockCodec.of(method);
            byte[] payload = encode(codec, TestVectors.normal(SEED, length), SEED);
            int end = first + sumCoordinates(method, length);
            for (boolean heap : new boolean[]{false, true}) {
                float[] values = new float[end + 9];
                Arrays.fill(values, UNTOUCHED);
                Arrays.fill(values, first, end, 0);
                MemorySegment sum = heap ? MemorySegment.ofArray(values) : TestVectors.offHeap(values);
                codec.accumulate(MemorySegment.ofArray(payload), 0, payload.length, length, SEEDS, 1, sum, first);
                codec.finish(length, SEEDS, sum, first);
                float[] after = TestVectors.floats(sum);
                for (int i = 0; i < after.length; i++) {
                    if (i < first || i >= end) {
                        assertEquals(UNTOUCHED, after[i], "coordinate " + i + " outside a block of " + length);
                    }
                }
                assertArrayEquals(decode(method, codec, payload, length),
                        Arrays.copyOfRange(after, first, first + length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldBeLinearInTheWeight(Method method) {
        int length = 1024;
        BlockCodec codec = BlockCodec.of(method);
        byte[] payload = encode(codec, TestVectors.normal(SEED, length), SEED);
        float[] once = new float[length];
        accumulate(codec, payload, length, 1, once);
        for (float weight : new float[]{2, .5f, -4, 0, 1 / 3f, 60_000}) {
            float[] weighted = new float[length];
            accumulate(codec, payload, length, weight, weighted);
            for (int i = 0; i < length; i++) {
                float expected = weight * once[i];
                boolean powerOfTwo = weight == 0 || Math.abs(weight) == Math.scalb(1f, Math.getExponent(weight));
                assertEquals(expected, weighted[i], powerOfTwo ? 0 : 2 * Math.ulp(expected), "weight " + weight);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldAddToWhatIsThere(Method method) {
        int length = 1024;
        BlockCodec codec = BlockCodec.of(method);
        byte[] payload = encode(codec, TestVectors.normal(SEED, length), SEED);
        float[] once = new float[length];
        accumulate(codec, payload, length, 1, once);
        float[] before = TestVectors.normal(SEED + 1, length, 10);
        float[] after = before.clone();
        accumulate(codec, payload, length, 1, after);
        for (int i = 0; i < length; i++) {
            assertEquals(before[i] + once[i], after[i], Math.ulp(after[i]) + Math.ulp(once[i]), "coordinate " + i);
        }
    }

    protected static byte[] encode(BlockCodec codec, float[] x, long seed) {
        byte[] payload = new byte[codec.payloadBytes(x.length)];
        int written = codec.encode(MemorySegment.ofArray(x), 0, x.length, new BlockSeed(seed, ~seed),
                MemorySegment.ofArray(payload), 0);
        return Arrays.copyOf(payload, written);
    }

    private float[] decode(Method method, BlockCodec codec, byte[] payload, int length) {
        float[] sum = new float[sumCoordinates(method, length)];
        accumulate(codec, payload, length, 1, sum);
        codec.finish(length, SEEDS, MemorySegment.ofArray(sum), 0);
        return Arrays.copyOf(sum, length);
    }

    protected static void accumulate(BlockCodec codec, byte[] payload, int length, float weight, float[] sum) {
        codec.accumulate(MemorySegment.ofArray(payload), 0, payload.length, length, SEEDS, weight,
                MemorySegment.ofArray(sum), 0);
    }

    private String assertRefused(Method method, BlockCodec codec, byte[] payload, int length) {
        float[] sum = new float[sumCoordinates(method, length)];
        Arrays.fill(sum, UNTOUCHED);
        MalformedPayloadException refused = assertThrows(MalformedPayloadException.class,
                () -> accumulate(codec, payload, length, 1, sum));
        for (float value : sum) {
            assertEquals(UNTOUCHED, value, "the sum of a refused payload");
        }
        assertEquals(refused.getMessage(), assertThrows(MalformedPayloadException.class,
                () -> codec.check(MemorySegment.ofArray(payload), 0, payload.length, length, SEEDS))
            .getMessage());
        return refused.getMessage();
    }

    /** Asserts that a payload is decoded to numbers or rejected without side effects, on the heap and off it. */
    private void assertStood(Method method, BlockCodec codec, byte[] payload, int length) {
        int coordinates = sumCoordinates(method, length);
        MemorySegment sum = Arena.ofAuto().allocate(4L * coordinates, 4);
        MemorySegment offHeap = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, payload);
        try {
            codec.accumulate(offHeap, 0, payload.length, length, SEEDS, 1, sum, 0);
        } catch (MalformedPayloadException _) {
            assertArrayEquals(new float[coordinates], TestVectors.floats(sum));
            assertThrows(MalformedPayloadException.class,
                    () -> codec.check(offHeap, 0, payload.length, length, SEEDS));
            assertRefused(method, codec, payload, length);
            return;
        }
        codec.check(offHeap, 0, payload.length, length, SEEDS);
        codec.check(MemorySegment.ofArray(payload), 0, payload.length, length, SEEDS);
        codec.finish(length, SEEDS, sum, 0);
        float[] decoded = Arrays.copyOf(TestVectors.floats(sum), length);
        assertArrayEquals(decoded, decode(method, codec, payload, length));
        for (float value : decoded) {
            assertTrue(!Float.isNaN(value), "a number added to zero became NaN");
        }
        if (!mayOverflow(payload)) {
            assertFinite(decoded);
        }
    }

    private static void assertFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            assertTrue(Float.isFinite(values[i]), "coordinate " + i + " is " + values[i]);
        }
    }

    private static void assertGuards(MemorySegment payload, int bytes) {
        for (int i = 0; i < GUARD; i++) {
            assertEquals(GUARD_BYTE, payload.get(ValueLayout.JAVA_BYTE, i), "byte before the payload");
            assertEquals(GUARD_BYTE, payload.get(ValueLayout.JAVA_BYTE, (long) GUARD + bytes + i),
                    "byte after the payload");
        }
    }
}
