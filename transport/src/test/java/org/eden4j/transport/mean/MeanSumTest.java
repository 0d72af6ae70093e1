package org.eden4j.transport.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mean of very many equal updates equals one of them within the bound that {@link MeanEncoder} states. */
class MeanSumTest {
    private static final int DIMENSION = 256;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final double ROUNDING = 0x1p-24;
    private static final int OTHER_ROUNDINGS = 4;

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "10000, 1", "10000, 0.1", "10000, 3.3e37", "60000, 1"})
    void shouldBeOneOfManyEqualUpdates(int workers, float weight) {
        Method none = Method.parse("none");
        FrameLayout layout = FrameLayout.of(none, DIMENSION, FrameLayout.LARGEST_MTU);
        assertEquals(1, layout.blocks().blockCount());
        try (Arena arena = Arena.ofConfined()) {
            MeanEncoder encoder = new MeanEncoder(layout, layout, workers, 1, arena);
            MeanStore store = new MeanStore(layout, arena);
            store.open(0);
            encoder.open(0, store);
            MemorySegment update = arena.allocate(layout.maxPayloadBytes(), Float.BYTES);
            SplittableRandom random = new SplittableRandom(DIMENSION);
            for (int i = 0; i < DIMENSION; i++) {
                update.set(FLOAT, (long) i * Float.BYTES, (float) random.nextGaussian());
            }
            for (int worker = 0; worker < workers; worker++) {
                assertTrue(encoder.add(worker, 0, update, 0, DIMENSION * Float.BYTES, weight, true));
            }
            encoder.average(0, true);
            encoder.answer(0);
            assertEquals(1, store.readyCount());
            double n = workers + OTHER_ROUNDINGS;
            double bound = n * ROUNDING / (1 - n * ROUNDING);
            double worst = 0;
            for (int i = 0; i < DIMENSION; i++) {
                double x = update.get(FLOAT, (long) i * Float.BYTES);
                double mean = store.payloads().get(FLOAT, (long) i * Float.BYTES);
                worst = Math.max(worst, Math.abs(mean - x) / Math.abs(x));
            }
            System.out.printf("%d workers of weight %g: off by %.2g of a coordinate at most, the bound is %.2g%n",
                    workers, weight, worst, bound);
            assertTrue(worst <= bound, worst + " is above " + bound);
        }
    }
}
