package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelCodecTest {
    private static final int DIMENSION = 100_003;
    private static final Method METHOD = Eden.unbiased(4);
    private static final BlockLayout LAYOUT = BlockLayout.of(METHOD, DIMENSION, 1024);

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void shouldGiveTheBytesAndSumsOfOneThread(int threads) {
        MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(5, DIMENSION));
        try (ParallelCodec one = new ParallelCodec(METHOD, LAYOUT, 1);
                ParallelCodec many = new ParallelCodec(METHOD, LAYOUT, threads)) {
            MemorySegment expected = encoded(one, gradient);
            MemorySegment actual = encoded(many, gradient);
            assertEquals(-1, expected.mismatch(actual));
            assertEquals(-1, sum(one, expected).mismatch(sum(many, expected)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50_000, DIMENSION - 1})
    void shouldThrowWhatAnyThreadThrows(int coordinate) {
        MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(5, DIMENSION));
        gradient.setAtIndex(ScalarKernels.FLOAT, coordinate, Float.NaN);
        try (ParallelCodec codec = new ParallelCodec(METHOD, LAYOUT, 2)) {
            assertThrows(NonFiniteGradientException.class, () -> encoded(codec, gradient));
        }
    }

    @Test
    void shouldRejectNoThreads() {
        assertThrows(IllegalArgumentException.class, () -> new ParallelCodec(METHOD, LAYOUT, 0));
    }

    private static MemorySegment encoded(ParallelCodec codec, MemorySegment gradient) {
        MemorySegment payloads = Arena.ofAuto().allocate(codec.payloadBytes());
        codec.encode(gradient, 1, 2, 3, payloads);
        return payloads;
    }

    private static MemorySegment sum(ParallelCodec codec, MemorySegment payloads) {
        MemorySegment sum = Arena.ofAuto().allocate(4L * LAYOUT.sumLength());
        codec.accumulate(payloads, 1, 2, 3, .5f, sum);
        return sum;
    }
}
