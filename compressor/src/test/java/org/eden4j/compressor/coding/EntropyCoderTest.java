package org.eden4j.compressor.coding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Levels to bytes and back, and bytes that no encoder produces. */
class EntropyCoderTest {
    private static final long SEED = 0x6c;
    private static final int[] SIZES = {128, 256, 512, 2048, 4096, 16384};

    /** A coder with its memory. */
    private static final class Pipe {
        final int n;
        final EntropyCoder coder;
        final MemorySegment points;
        final MemorySegment decoded;
        final MemorySegment payload;

        Pipe(double bits, int n, Kernels kernels) {
            this(bits, Trellis.EIGHT, n, kernels);
        }

        Pipe(double bits, Trellis trellis, int n, Kernels kernels) {
            this.n = n;
            coder = new EntropyCoder(EntropyRates.of(bits, trellis).code(), kernels);
            points = Arena.ofAuto().allocate(4L * n, 64);
            decoded = Arena.ofAuto().allocate(4L * n, 64);
            payload = Arena.ofAuto().allocate(4L * n + 64, 64);
        }

        byte[] encode(float[] z) {
            coder.quantize(TestVectors.offHeap(z), n, 1, points);
            int bytes = coder.encode(points, n, payload, 3, 4 * n);
            return payload.asSlice(3, bytes).toArray(ValueLayout.JAVA_BYTE);
        }

        float[] decode(byte[] bytes) {
            MemorySegment exact = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            coder.decode(exact, 0, bytes.length, n, 1, decoded);
            return TestVectors.floats(decoded);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {.1, .25, .5, .8, 1, 2, 3, 4, 4.5, 6, 8})
    void shouldReadBackWhatItWroteAndTheSameWithScalarKernels(double bits) {
        readBack(bits, Trellis.EIGHT);
        readBack(bits, Trellis.THIRTY_TWO);
    }

    private static void readBack(double bits, Trellis trellis) {
        for (int n : SIZES) {
            Pipe chosen = new Pipe(bits, trellis, n, KernelProvider.kernels());
            Pipe scalar = new Pipe(bits, trellis, n, new ScalarKernels());
            for (int trial = 0; trial < 5; trial++) {
                float[] z = TestVectors.normal(SEED + trial, n, trial == 4 ? 3 : 1);
                byte[] bytes = chosen.encode(z);
                assertArrayEquals(scalar.encode(z), bytes, bits + " bits, " + n);
                assertArrayEquals(TestVectors.floats(chosen.points), chosen.decode(bytes), bits + " bits, " + n);
                assertArrayEquals(TestVectors.floats(chosen.points), scalar.decode(bytes), bits + " bits, " + n);
            }
        }
    }

    @Test
    void shouldWriteNothingWhereThereIsNotEnoughRoom() {
        Pipe pipe = new Pipe(2, 1024, KernelProvider.kernels());
        int bytes = pipe.encode(TestVectors.normal(SEED, 1024)).length;
        pipe.payload.fill((byte) 7);
        assertEquals(-1, pipe.coder.encode(pipe.points, 1024, pipe.payload, 3, bytes - 1));
        for (byte b : pipe.payload.toArray(ValueLayout.JAVA_BYTE)) {
            assertEquals(7, b);
        }
        assertEquals(bytes, pipe.coder.encode(pipe.points, 1024, pipe.payload, 3, bytes));
    }

    /** Every truncation and every flipped bit is rejected or decodes to numbers. */
    @ParameterizedTest
    @ValueSource(doubles = {.3, 1, 2, 5})
    void shouldStandEveryTruncationAndEveryFlippedBit(double bits) {
        int n = bits < 1 ? 2048 : 512;
        Pipe pipe = new Pipe(bits, n, KernelProvider.kernels());
        byte[] good = pipe.encode(TestVectors.normal(SEED, n));
        int taken = 0;
        for (int length = 0; length < good.length; length++) {
            taken += stands(pipe, Arrays.copyOf(good, length)) ? 1 : 0;
        }
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            taken += stands(pipe, flipped) ? 1 : 0;
        }
        Measurement.print("%s bits: %d of %d damaged payloads decode", bits, taken, 9 * good.length);
        assertTrue(taken <= 9 * good.length * (bits > 4 ? .25 : .05), taken + " damaged payloads were taken");
        assertArrayEquals(TestVectors.floats(pipe.points), pipe.decode(good));
    }

    @Test
    void shouldStandRandomBytes() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (double bits : new double[]{.1, .7, 2, 6}) {
            for (int n : new int[]{256, 4096}) {
                Pipe pipe = new Pipe(bits, n, KernelProvider.kernels());
                for (int trial = 0; trial < 200; trial++) {
                    byte[] noise = new byte[random.nextInt((int) (bits * n / 4) + 60)];
                    random.nextBytes(noise);
                    stands(pipe, noise);
                }
            }
        }
    }

    @Test
    void shouldSayWhatIsWrong() {
        Pipe pipe = new Pipe(2, 512, KernelProvider.kernels());
        byte[] good = pipe.encode(TestVectors.normal(SEED, 512));
        assertRefused(pipe, Arrays.copyOf(good, 5), "payload has 5 bytes of coded symbols, too few for the lengths");
        assertRefused(pipe, Arrays.copyOf(good, 20), "payload has 20 bytes of coded symbols, too few for states of");
        assertRefused(pipe, Arrays.copyOf(good, 70), "payload has 70 bytes of coded symbols, too few for its symbols");
        assertRefused(pipe, Arrays.copyOf(good, 4000),
                "payload has 4000 bytes of coded symbols, more than its symbols");
    }

    private static void assertRefused(Pipe pipe, byte[] bytes, String fact) {
        String message = assertThrows(MalformedPayloadException.class, () -> pipe.decode(bytes)).getMessage();
        assertTrue(message.startsWith(fact), message);
    }

    /** Returns whether the bytes are accepted. */
    private static boolean stands(Pipe pipe, byte[] bytes) {
        try {
            for (float level : pipe.decode(bytes)) {
                assertTrue(Float.isFinite(level));
            }
            return true;
        } catch (MalformedPayloadException _) {
            return false;
        }
    }
}
