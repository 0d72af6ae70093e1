package org.eden4j.transport.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class FrameEncodersTest {
    private static final long JOB_SEED = 11;

    @ParameterizedTest(name = "{0}, dimension {1}, MTU {2}, {3} threads")
    @CsvSource({"eden:bits=4,500003,65504,4", "eden:bits=4,500003,1408,3", "drive,40000,65504,2",
            "none,100000,8192,5", "varying,100000,8192,2", "topk:fraction=0.1,100000,65504,4",
            "eden:bits=2,100,65504,4"})
    void shouldEncodeTheSameBytesOnAnyNumberOfThreads(String method, int dimension, int mtu, int threads) {
        FrameLayout layout = FrameLayout.of(Method.parse(method), dimension, mtu);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment update = update(dimension, arena);
            FrameEncoders alone = new FrameEncoders(layout, 1, Method::codec, arena);
            FrameEncoders together = new FrameEncoders(layout, threads, Method::codec, arena);
            for (long round = 0; round < 3; round++) {
                alone.clear();
                together.clear();
                for (int frame = 0; frame < layout.frameCount(); frame++) {
                    MemorySegment expected = alone.payload(frame, update, JOB_SEED, round, 1);
                    MemorySegment payload = together.payload(frame, update, JOB_SEED, round, 1);
                    long bytes = alone.payloadBytes(frame);
                    assertEquals(bytes, together.payloadBytes(frame));
                    assertTrue(layout.fits(frame, payload, 0, (int) bytes));
                    assertEquals(-1, MemorySegment.mismatch(expected, 0, bytes, payload, 0, bytes),
                            "frame " + frame + " of round " + round);
                }
            }
        }
    }

    @Test
    void shouldFailAtTheFrameThatCannotBeEncodedAndNotBefore() {
        FrameLayout layout = FrameLayout.of(Method.parse("eden:bits=4"), 300_000, 65504);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment update = update(300_000, arena);
            FrameEncoders encoders = new FrameEncoders(layout, 4, Method::codec, arena);
            int broken = 5;
            assertTrue(layout.frameCount() > broken, layout.toString());
            update.setAtIndex(ValueLayout.JAVA_FLOAT, layout.first(broken) + 7, Float.NaN);
            for (int frame = 0; frame < broken; frame++) {
                encoders.payload(frame, update, JOB_SEED, 0, 0);
            }
            assertThrows(NonFiniteGradientException.class, () -> encoders.payload(broken, update, JOB_SEED, 0, 0));
            update.setAtIndex(ValueLayout.JAVA_FLOAT, layout.first(broken) + 7, 0);
            encoders.payload(broken, update, JOB_SEED, 0, 0);
        }
    }

    private static MemorySegment update(int dimension, Arena arena) {
        MemorySegment update = NativeMemory.allocate(arena, (long) dimension * Float.BYTES);
        Random random = new Random(3);
        for (int i = 0; i < dimension; i++) {
            update.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return update;
    }
}
