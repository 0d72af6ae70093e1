package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a codec until the JVM has compiled it.
 *
 * <p>Vector kernels that are still interpreted take thousands of nanoseconds a coordinate: a first round in cold
 * processes would miss its deadline, and an agent deep in its first frame would seem dead. So members warm up before
 * they join, once a method and JVM.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    /** Compiled code stays below this by far, interpreted code above it. */
    private static final long WARM_NS_PER_COORDINATE = 50;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int BLOCKS = 16;
    private static final int WARM_BATCHES = 8;
    private static final Set<Method> DONE = ConcurrentHashMap.newKeySet();

    private WarmUp() {}

    /** Returns when encoding and decoding by this method are fast, or after ten seconds. */
    static synchronized void of(Method method) {
        if (!DONE.add(method)) {
            return;
        }
        long startNs = System.nanoTime();
        int length = Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock());
        BlockCodec codec = BlockCodec.of(method);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradient = NativeMemory.allocate(arena, (long) length * Float.BYTES);
            MemorySegment sum = NativeMemory.allocate(arena, (long) length * Float.BYTES);
            MemorySegment payload = NativeMemory.allocate(arena, codec.payloadBytes(length));
            for (int i = 0; i < length; i++) {
                gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i * 0x9E3779B9 >> 16) / 32768f);
            }
            int warm = 0;
            while (warm < WARM_BATCHES && System.nanoTime() - startNs < LIMIT_NS) {
                long batchNs = System.nanoTime();
                for (int block = 0; block < BLOCKS; block++) {
                    BlockSeed seed = BlockSeed.of(0, 0, 0, block);
                    int bytes = codec.encode(gradient, 0, length, seed, payload, 0);
                    codec.accumulate(payload, 0, bytes, length, seed, 1, sum, 0);
                }
                warm = System.nanoTime() - batchNs < WARM_NS_PER_COORDINATE * BLOCKS * length ? warm + 1 : 0;
            }
        }
        LOG.debug("{} is warm after {} ms", method, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
    }
}
