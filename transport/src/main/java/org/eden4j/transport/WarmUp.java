package org.eden4j.transport;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.schedule.Schedule;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.mean.RoundCollector;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.worker.FrameEncoders;
import org.eden4j.transport.worker.MeanReceiver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs codecs, and the code through which frames reach them, until the JVM has compiled them.
 *
 * <p>Interpreted vector kernels take thousands of nanoseconds per coordinate: a first round in cold processes would
 * miss its deadline, and an agent busy with its first frame would seem dead. So members warm up before they join, once
 * per part, method and JVM, for about a second on an idle machine. The warm-up ends when batches are fast and, for
 * large vectors, the compiler is idle; or when batches no longer get faster; or after {@value #LIMIT_SECONDS} seconds
 * of this thread's processor time, whichever comes first. Processor time is used because a machine that starts many
 * members at once gives each thread little of the elapsed time.
 *
 * <p>Fast batches alone do not suffice for large vectors: kernels are compiled first, and then again with each method
 * into which they are inlined, and a busy compiler takes more of the processors than the rounds that it delays. For
 * small vectors there is little to gain from that compilation, and many members of one host would wait for each other.
 *
 * <p>{@link WorkerBuilder#join} warms up by itself; a program that must join without delay can do so earlier.
 */
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    /** Threshold far above the time of compiled vector code, and below that of interpreted code. */
    private static final long WARM_NS_PER_COORDINATE = 25;
    private static final int LIMIT_SECONDS = 2;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    /**
     * Time without an improvement after which batches count as fast as they get: compiling one kernel after another
     * takes steps of .2 s.
     */
    private static final long STEADY_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double FASTER = .9;
    /** Whole blocks per batch, for large vectors and for others, where the first encodings run slow code. */
    private static final int LARGE_BLOCKS = 16;
    private static final int SMALL_BLOCKS = 2;
    /** Batches after which codecs and their surroundings are replaced by new ones, which allocate their blocks. */
    private static final int NEW_BATCHES = 64;
    /** Coordinates of a large vector. */
    private static final int LARGE = 1 << 20;
    private static final int WARM_BATCHES = 40;
    /** Fast batches for large vectors: several times the calls after which the last method that calls kernels is compiled. */
    private static final int THOROUGHLY_WARM_BATCHES = 2000;
    /** Time of this thread between two checks of the compilers: the process's own clock ticks every 10 ms on Linux. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Share of this thread's processor time below which other threads, and so the compilers, count as idle. */
    private static final double REST = .1;
    private static final Set<Task> DONE = ConcurrentHashMap.newKeySet();

    /** The work of a member on frames. */
    private enum Part {
        /** A worker encodes its update. */
        ENCODE,
        /** A worker decodes the mean. */
        DECODE,
        /** The aggregator adds updates and encodes the mean. */
        AGGREGATE
    }

    /** @param downlink the method of means, for the aggregator; otherwise the same as {@code method} */
    private record Task(Part part, Method method, Method downlink, boolean thorough) {
        static Task of(Part part, Method method, Method downlink, int dimension) {
            return new Task(part, method.forDimension(dimension), downlink.forDimension(dimension), dimension >= LARGE);
        }
    }

    private WarmUp() {}

    /**
     * Warms up a worker's code, unless this JVM has already done so.
     *
     * @param dimension the number of coordinates of the job's vectors
     * @param method the compression method of updates
     * @param downlink how means travel
     */
    public static void worker(int dimension, Method method, Method downlink) {
        encoding(method, dimension);
        decoding(downlink, dimension);
    }

    private static void encoding(Method method, int dimension) {
        rounds(method).forEach(
                round -> of(Task.of(Part.ENCODE, method.at(round), method.at(round), dimension)));
    }

    private static void decoding(Method downlink, int dimension) {
        rounds(downlink).forEach(
                round -> of(Task.of(Part.DECODE, downlink.at(round), downlink.at(round), dimension)));
    }

    /** Returns a round of each phase of these methods, so that a job is warm when it reaches the next phase. */
    private static LongStream rounds(Method... methods) {
        return LongStream.concat(LongStream.of(0),
                Schedule.changes(List.of(methods)).stream().mapToLong(Long::longValue));
    }

    /** Warms up the methods of a vector's parts, each for its number of coordinates. */
    static void encoding(UpdateLayout updates) {
        coordinates(updates).forEach(WarmUp::encoding);
    }

    /** Warms up the methods of means, as {@link #encoding(UpdateLayout)} does those of updates. */
    static void decoding(UpdateLayout means) {
        coordinates(means).forEach(WarmUp::decoding);
    }

    private static Map<Method, Integer> coordinates(UpdateLayout layout) {
        Map<Method, Integer> coordinates = new LinkedHashMap<>();
        layout.parts()
            .forEach(part -> part.method()
                .ifPresent(method -> coordinates.merge(method.forDimension(part.length()), part.length(),
                        Integer::sum)));
        return coordinates;
    }

    static void aggregator(int dimension, Method method, Method downlink) {
        rounds(method, downlink).forEach(
                round -> of(Task.of(Part.AGGREGATE, method.at(round), downlink.at(round), dimension)));
    }

    private static synchronized void of(Task task) {
        if (DONE.add(task)) {
            long startNs = System.nanoTime();
            run(task);
            LOG.debug("{} is warm after {} ms", task, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        }
    }

    private static void run(Task task) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Bench bench = null;
        try {
            int warm = 0;
            int batches = 0;
            long bestNs = Long.MAX_VALUE;
            long startNs = threads.getCurrentThreadCpuTime();
            Compilers compilers = new Compilers(startNs);
            long betterNs = startNs;
            long beginNs = startNs;
            while (!isWarm(task, warm, compilers, beginNs) && beginNs - betterNs < STEADY_NS
                    && beginNs - startNs < LIMIT_NS) {
                if (batches % NEW_BATCHES == 0) {
                    if (bench != null) {
                        bench.close();
                        bench = null;
                    }
                    bench = new Bench(task);
                    beginNs = threads.getCurrentThreadCpuTime();
                }
                bench.batch(batches++);
                long endNs = threads.getCurrentThreadCpuTime();
                long batchNs = endNs - beginNs;
                warm = batchNs < WARM_NS_PER_COORDINATE * bench.up.dimension() ? warm + 1 : 0;
                if (batchNs < FASTER * bestNs) {
                    bestNs = batchNs;
                    betterNs = endNs;
                }
                beginNs = endNs;
            }
        } finally {
            if (bench != null) {
                bench.close();
            }
        }
    }

    /**
     * A short vector and the work of members on it. It has a block of every length that a tail may have, including a
     * padded one, and is replaced at intervals: the compiler omits code that it has not seen run, and discards its
     * callers when the first tail or a new codec appears.
     */
    private static final class Bench implements AutoCloseable {
        private static final int WORKERS = 2;

        final FrameLayout up;
        private final Arena arena = Arena.ofConfined();
        private final Part part;
        private final MemorySegment vector;
        private final MemorySegment payloads;
        /** Payload bytes by frame. */
        private final int[] payloadBytes;
        private final BitSet members = new BitSet();
        private final FrameEncoders encoders;
        private final MeanReceiver receiver;
        private final RoundCollector collector;
        private final MeanStore store;

        Bench(Task task) {
            int length = Math.min(BlockLayout.DEFAULT_BLOCK,
                    Math.min(task.method.largestBlock(), task.downlink.largestBlock()));
            int dimension = ((task.thorough ? LARGE_BLOCKS : SMALL_BLOCKS) + 1) * length - 1;
            part = task.part;
            up = FrameLayout.of(task.method, dimension, FrameLayout.LARGEST_MTU);
            FrameLayout down = FrameLayout.of(task.downlink, dimension, FrameLayout.LARGEST_MTU);
            vector = NativeMemory.allocate(arena, (long) dimension * Float.BYTES);
            for (int i = 0; i < dimension; i++) {
                vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i * 0x9E3779B9 >> 16) / 32768f);
            }
            payloads = NativeMemory.allocate(arena, up.maxPayloadBytes());
            members.set(0, WORKERS);
            // Helper threads would count as busy compilers.
            encoders = new FrameEncoders(up, 1, Method::codec, arena);
            receiver = new MeanReceiver(up, arena);
            collector = new RoundCollector(up, down, WORKERS, 0, arena);
            store = new MeanStore(down, arena);
            payloadBytes = new int[up.frameCount()];
            for (int frame = 0; frame < up.frameCount(); frame++) {
                MemorySegment payload = encoders.payload(frame, vector, 0, 0, 0);
                payloadBytes[frame] = encoders.payloadBytes(frame);
                MemorySegment.copy(payload, 0, payloads, up.payloadOffset(frame), payloadBytes[frame]);
            }
        }

        void batch(long round) {
            encoders.clear();
            receiver.start();
            if (part == Part.AGGREGATE) {
                store.open(round);
                collector.open(round, members, store);
            }
            for (int frame = 0; frame < up.frameCount(); frame++) {
                long payload = payloads.address() + up.payloadOffset(frame);
                switch (part) {
                    case ENCODE -> encoders.payload(frame, vector, 0, round, 0);
                    case DECODE -> receiver.accept(frame, payload, payloadBytes[frame], 0, round, vector);
                    case AGGREGATE -> {
                        for (int worker = 0; worker < WORKERS; worker++) {
                            collector.accept(worker, frame, 1, payload, payloadBytes[frame]);
                        }
                    }
                }
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static boolean isWarm(Task task, int batches, Compilers compilers, long nowNs) {
        return task.thorough
                ? batches >= THOROUGHLY_WARM_BATCHES && compilers.rested(nowNs)
                : batches >= WARM_BATCHES;
    }

    /** Detects busy compilers by the processor time of all threads except this one. */
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

        /** Returns whether they were nearly idle since the last check; false right after a check. */
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
}
