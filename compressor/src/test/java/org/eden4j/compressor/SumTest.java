package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums of many equal payloads, against the bound that {@link BlockCodec#accumulate} states. */
class SumTest {
    private static final int LENGTH = 1024;
    private static final long SEED = 83;
    private static final double ROUNDING = 0x1p-24;
    private static final int OTHER_ROUNDINGS = 4;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"eden:bits=4|1", "eden:bits=4|.1", "eden:bits=8|.3", "drive|1",
            "eden:bits=2,coding=entropy|.7", "none|.1", "topk:fraction=0.1|.1", "sq:bits=4|.1",
            "sq:bits=8,rotate=true|.1", "kashin:bits=4|.1"})
    void shouldStayWithinTheBoundOfManyAdditions(String text, float weight) {
        int count = 10_000;
        BlockCodec codec = Method.parse(text).codec();
        BlockSeed seed = BlockSeed.of(SEED, 0, 0, 0);
        MemorySegment payload = TestVectors.offHeap(new float[codec.payloadBytes(LENGTH) / Float.BYTES + 1]);
        int bytes = codec.encode(TestVectors.offHeap(TestVectors.normal(SEED, LENGTH)), 0, LENGTH, seed, payload, 0);
        MemorySegment one = TestVectors.offHeap(new float[LENGTH]);
        codec.accumulate(payload, 0, bytes, LENGTH, seed, 1, one, 0);
        MemorySegment sum = TestVectors.offHeap(new float[LENGTH]);
        for (int i = 0; i < count; i++) {
            codec.accumulate(payload, 0, bytes, LENGTH, seed, weight, sum, 0);
        }
        float[] x = TestVectors.floats(one);
        float[] total = TestVectors.floats(sum);
        double square = 0;
        double error = 0;
        for (int i = 0; i < LENGTH; i++) {
            double exact = count * (double) weight * x[i];
            error += (total[i] - exact) * (total[i] - exact);
            square += exact * exact;
        }
        double n = count + OTHER_ROUNDINGS;
        double bound = n * ROUNDING / (1 - n * ROUNDING);
        String report = Measurement.print("%s, weight %s: %d additions are off by %.2g of the norm, the bound is %.2g",
                text, weight, count, Math.sqrt(error / square), bound);
        assertTrue(Math.sqrt(error / square) <= bound, report);
    }
}
