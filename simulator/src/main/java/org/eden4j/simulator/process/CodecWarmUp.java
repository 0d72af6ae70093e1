package org.eden4j.simulator.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the virtual machine compile a codec before a round's clock runs. Vector code is hundreds of times slower while it is
 * interpreted: the first million coordinates of five cold processes on two cores take longer than a round's deadline.
 */
public final class CodecWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(CodecWarmUp.class);
    private static final int DIMENSION = BlockLayout.DEFAULT_BLOCK;
    /** A block there and back takes some ten microseconds in compiled code, some ten milliseconds in interpreted. */
    private static final long COMPILED_NS = 400_000;
    private static final int FAST_ONES = 48;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(4);

    private CodecWarmUp() {}

    /** Encodes and decodes blocks by each method until that is fast, for some seconds at most. */
    public static void of(Method... methods) {
        long begin = System.nanoTime();
        for (Method method : methods) {
            warm(method);
        }
        LOG.info("codecs warm after {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private static void warm(Method method) {
        BlockCodec codec = BlockCodec.of(method);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocate((long) DIMENSION * Float.BYTES, 64);
            MemorySegment sum = arena.allocate((long) DIMENSION * Float.BYTES, 64);
            MemorySegment payload = arena.allocate(codec.payloadBytes(DIMENSION), 64);
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < DIMENSION; i++) {
                vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            long end = System.nanoTime() + LIMIT_NS;
            int fast = 0;
            for (int block = 0; fast < FAST_ONES && System.nanoTime() < end; block++) {
                BlockSeed seed = BlockSeed.of(0, 0, 0, block);
                long begin = System.nanoTime();
                int bytes = codec.encode(vector, 0, DIMENSION, seed, payload, 0);
                codec.accumulate(payload, 0, bytes, DIMENSION, seed, 1, sum, 0);
                fast += System.nanoTime() - begin < COMPILED_NS ? 1 : 0;
            }
        }
    }
}
