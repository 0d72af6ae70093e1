package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every truncation and every single flipped bit of a hundred coded payloads is rejected, with the sum unchanged, or
 * decodes to finite values. No damaged payload takes much longer than an intact one.
 */
@Tag("thorough")
class HostileCodingTest {
    private static final long SEED = 0xbad;
    private static final int PAYLOADS = 20;
    /** Blocks of 64 states must have 1,024 coordinates. */
    private static final int LENGTH = 1024;
    /** Larger scales, which no gradient of normal coordinates has, may overflow float32. */
    private static final float LARGE_SCALE = 1e30f;
    private static final int SLOWER = 50;

    private final float[] start = TestVectors.normal(SEED, LENGTH);
    private int refused;
    private int decoded;

    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=0.9,coding=entropy", "eden:bits=2,coding=entropy",
            "eden:bits=5,coding=entropy,states=32", "eden:bits=2,coding=trellis",
            "eden:bits=3,coding=trellis,states=64"})
    void shouldRefuseOrDecodeEveryDamagedPayload(String text) {
        Method method = Method.parse(text);
        BlockCodec codec = BlockCodec.of(method);
        long soundNs = 0;
        long damagedNs = 0;
        for (int number = 0; number < PAYLOADS; number++) {
            BlockSeed seed = BlockSeed.of(SEED, number, 0, 0);
            MemorySegment payload = Arena.ofAuto().allocate(codec.payloadBytes(LENGTH));
            MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(SEED + number, LENGTH));
            int bytes = codec.encode(gradient, 0, LENGTH, seed, payload, 0);
            byte[] sound = payload.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
            long begin = System.nanoTime();
            for (int i = 0; i < 9 * bytes; i++) {
                stand(codec, sound, seed);
            }
            long middle = System.nanoTime();
            for (int length = 0; length < bytes; length++) {
                stand(codec, Arrays.copyOf(sound, length), seed);
            }
            for (int bit = 0; bit < 8 * bytes; bit++) {
                byte[] flipped = sound.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                stand(codec, flipped, seed);
            }
            soundNs += middle - begin;
            damagedNs += System.nanoTime() - middle;
        }
        Measurement.print("%s: %d payloads refused, %d decoded; damaged %.3f s, as many sound ones %.3f s", text,
                refused,
                decoded, damagedNs / 1e9, soundNs / 1e9);
        assertTrue(damagedNs < SLOWER * soundNs, damagedNs + " ns against " + soundNs);
    }

    private void stand(BlockCodec codec, byte[] payload, BlockSeed seed) {
        float[] sum = start.clone();
        try {
            codec.accumulate(MemorySegment.ofArray(payload), 0, payload.length, LENGTH, seed, 1,
                    MemorySegment.ofArray(sum), 0);
        } catch (MalformedPayloadException e) {
            assertArrayEquals(start, sum, e.getMessage());
            refused++;
            return;
        }
        decoded++;
        float scale = MemorySegment.ofArray(payload)
            .get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        for (float value : sum) {
            assertTrue(Float.isFinite(value) || scale > LARGE_SCALE, "a coordinate is " + value);
        }
    }
}
