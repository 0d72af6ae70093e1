package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Once compiled, encoding and accumulating allocate no memory that grows with the block.
 *
 * <p>The compiler's inlining determines, run by run, whether small objects such as slices or wrappers are allocated:
 * {@value #SMALL_OBJECTS} bytes per pair of calls are allowed, a quarter of the smallest block here. Rotated methods
 * are measured with the scalar kernels, since vectors would be of that size.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 200;
    private static final int SMALL_OBJECTS = 128;
    private static final int CLEAN_BATCHES = 3;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "none|1000", "float16|1000", "eden:bits=1|1024", "eden:bits=4|128", "eden:bits=4,rounds=1|300",
            "eden:bits=6,scale=biased|256", "eden:bits=8|1024", "drive|512", "turboquant-mse:bits=3|256",
            "matched-norm:bits=4|300", "eden:bits=2.5|512", "eden:bits=1,rounds=auto|512",
            "bfloat16|1000", "sq:bits=4|512", "qsgd:bits=4|512", "terngrad|512", "threshold|512", "signsgd|512",
            "randk:fraction=0.1|512",
            "topk:fraction=0.1|512", "eden:bits=0.5|512", "eden:bits=2,coding=entropy|1024",
            "eden:bits=0.3,coding=entropy|2048", "eden:bits=6,coding=entropy,states=32|1024",
            "eden:bits=2,coding=trellis|1024",
            "eden:bits=3,coding=trellis,states=64|1024"})
    void shouldAllocateNoBlockOnceCompiled(String text, int length) {
        BlockCodec codec = Method.parse(text) instanceof RotatedMethod rotated
                ? new RotatedCodec(rotated, new ScalarKernels())
                : BlockCodec.of(Method.parse(text));
        Arena arena = Arena.ofAuto();
        MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(1, length));
        MemorySegment payload = arena.allocate(codec.payloadBytes(length), 64);
        MemorySegment sum = arena.allocate(4L * length, 64);
        BlockSeed[] seeds = new BlockSeed[CALLS];
        Arrays.setAll(seeds, call -> new BlockSeed(call, call));
        long start = System.nanoTime();
        int clean = 0;
        long allocated = 0;
        while (clean < CLEAN_BATCHES && System.nanoTime() - start < LIMIT_NANOS) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < CALLS; call++) {
                int bytes = codec.encode(gradient, 0, length, seeds[call], payload, 0);
                codec.accumulate(payload, 0, bytes, length, seeds[call], 1, sum, 0);
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            clean = allocated <= (long) CALLS * SMALL_OBJECTS ? clean + 1 : 0;
        }
        Measurement.print("%s, %d coordinates: %d bytes in the last %d calls, after %.1f s", text, length, allocated,
                CALLS, (System.nanoTime() - start) / 1e9);
        assertEquals(CLEAN_BATCHES, clean, allocated + " bytes in the last " + CALLS + " calls");
    }
}
