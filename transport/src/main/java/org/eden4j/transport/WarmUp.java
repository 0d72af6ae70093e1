package org.eden4j.transport;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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
 * Runs codecs until the JVM has compiled them.
 *
 * <p>Vector kernels that are still interpreted take thousands of nanoseconds a coordinate: a first round in cold
 * processes would miss its deadline, and an agent deep in its first frame would seem dead. So members warm up before
 * they join, once a direction, method and JVM: for a second or so on an idle machine. It ends when batches are fast and,
 * for large vectors, the compiler has nothing left to do; when they get no faster any more; or after
 * {@value #LIMIT_SECONDS} seconds of this thread's processor time, whichever comes first; processor time, since on a
 * machine that starts many members at once little of the other kind of time is this one's.
 *
 * <p>Fast batches alone are not enough for large vectors: kernels are compiled first, then again with each method that they
 * are part of, and a compiler at work takes more of the processors than the rounds that it delays. With small ones it would
 * have little to compile for, and many members of one host would wait for each other.
 *
 * <p>{@link Worker.Builder#join} does this by itself; who wants to join at once when the time has come does it before.
 */
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    /** Compiled vector code stays below this by far, interpreted code above it. */
    private static final long WARM_NS_PER_COORDINATE = 25;
    private static final int LIMIT_SECONDS = 2;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    /** No faster for so long: as fast as it gets. Compilations of one kernel after the other make steps of .2 s. */
    private static final long STEADY_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double FASTER = .9;
    private static final int BLOCKS = 16;
    /** Batches of one codec, before a new one has to make room for its blocks. */
    private static final int CODEC_BATCHES = 16;
    /** Coordinates of a large vector. */
    private static final int LARGE = 1 << 20;
    private static final int WARM_BATCHES = 8;
    /** Fast ones for large vectors: several times the calls after which the last of the methods that call kernels is compiled. */
    private static final int THOROUGHLY_WARM_BATCHES = 1000;
    /** Time of this thread between two looks at the compilers: the process's own ticks in steps of 10 ms on Linux. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Compilers are at rest when other threads take no more than this part of the time of this one. */
    private static final double REST = .1;
    private static final Set<Task> DONE = ConcurrentHashMap.newKeySet();

    private record Task(Method method, boolean encode, boolean thorough) {}

    private WarmUp() {}

    /**
     * Warms up what a worker does, unless this JVM has done so before.
     *
     * @param dimension coordinates of the job's vectors
     * @param method how updates travel
     * @param downlink how means travel
     */
    public static void worker(int dimension, Method method, Method downlink) {
        encoding(method, dimension);
        decoding(downlink, dimension);
    }

    static void encoding(Method method, int dimension) {
        of(new Task(method.forDimension(dimension), true, dimension >= LARGE));
    }

    static void decoding(Method method, int dimension) {
        of(new Task(method.forDimension(dimension), false, dimension >= LARGE));
    }

    private static synchronized void of(Task task) {
        if (DONE.add(task)) {
            long startNs = System.nanoTime();
            run(task);
            LOG.debug("{} is warm after {} ms", task, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        }
    }

    /**
     * Encodes or decodes a short vector again and again. It has a block of every length that a tail may have, a padded one
     * as well, and codecs are new from time to time: the compiler leaves out what it has not seen, and takes back all that
     * calls it when the first tail comes.
     */
    private static void run(Task task) {
        int length = Math.min(BlockLayout.DEFAULT_BLOCK, task.method.largestBlock());
        BlockLayout blocks = BlockLayout.of(task.method, (BLOCKS + 1) * length - 1, length);
        BlockCodec codec = BlockCodec.of(task.method);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradient = NativeMemory.allocate(arena, (long) blocks.dimension() * Float.BYTES);
            MemorySegment sum = NativeMemory.allocate(arena, (long) blocks.sumLength() * Float.BYTES);
            MemorySegment payload = NativeMemory.allocate(arena, payloadBytes(codec, blocks));
            for (int i = 0; i < blocks.dimension(); i++) {
                gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i * 0x9E3779B9 >> 16) / 32768f);
            }
            encode(codec, blocks, gradient, payload);
            int warm = 0;
            int batches = 0;
            long bestNs = Long.MAX_VALUE;
            long startNs = threads.getCurrentThreadCpuTime();
            Compilers compilers = new Compilers(startNs);
            long betterNs = startNs;
            long beginNs = startNs;
            while (!isWarm(task, warm, compilers, beginNs) && beginNs - betterNs < STEADY_NS
                    && beginNs - startNs < LIMIT_NS) {
                if (batches++ % CODEC_BATCHES == 0) {
                    codec = BlockCodec.of(task.method);
                }
                if (task.encode) {
                    encode(codec, blocks, gradient, payload);
                } else {
                    decode(codec, blocks, payload, sum);
                }
                long endNs = threads.getCurrentThreadCpuTime();
                long batchNs = endNs - beginNs;
                warm = batchNs < WARM_NS_PER_COORDINATE * blocks.dimension() ? warm + 1 : 0;
                if (batchNs < FASTER * bestNs) {
                    bestNs = batchNs;
                    betterNs = endNs;
                }
                beginNs = endNs;
            }
        }
    }

    private static long payloadBytes(BlockCodec codec, BlockLayout blocks) {
        long bytes = 0;
        for (int block = 0; block < blocks.blockCount(); block++) {
            bytes += codec.payloadBytes(blocks.length(block));
        }
        return bytes;
    }

    private static void encode(BlockCodec codec, BlockLayout blocks, MemorySegment gradient, MemorySegment payload) {
        long position = 0;
        for (int block = 0; block < blocks.blockCount(); block++) {
            position += codec.encode(gradient, blocks.offset(block), blocks.length(block), seed(block), payload,
                    position);
        }
    }

    private static void decode(BlockCodec codec, BlockLayout blocks, MemorySegment payload, MemorySegment sum) {
        long position = 0;
        for (int block = 0; block < blocks.blockCount(); block++) {
            int length = blocks.length(block);
            int bytes = codec.payloadBytes(length);
            codec.accumulate(payload, position, bytes, length, seed(block), 1, sum, blocks.offset(block));
            position += bytes;
        }
    }

    private static boolean isWarm(Task task, int batches, Compilers compilers, long nowNs) {
        return task.thorough
                ? batches >= THOROUGHLY_WARM_BATCHES && compilers.rested(nowNs)
                : batches >= WARM_BATCHES;
    }

    /** Tells compilers at work by the processor time of all threads but this one. */
    private static final class Compilers {
        private final OperatingSystemMXBean process = ManagementFactory
            .getPlatformMXBean(OperatingSystemMXBean.class);
        private long othersNs;
        private long ownNs;

        Compilers(long nowNs) {
            look(nowNs);
        }

        private void look(long nowNs) {
            othersNs = process.getProcessCpuTime() - nowNs;
            ownNs = nowNs;
        }

        /** Whether they did next to nothing since they were looked at last; false where that was just now. */
        boolean rested(long nowNs) {
            long spanNs = nowNs - ownNs;
            if (spanNs < LOOK_NS) {
                return false;
            }
            long beforeNs = othersNs;
            look(nowNs);
            return othersNs - beforeNs < REST * spanNs;
        }
    }

    private static BlockSeed seed(int block) {
        return BlockSeed.of(0, 0, block % 2 == 0 ? 0 : BlockSeed.AGGREGATOR, block);
    }
}
