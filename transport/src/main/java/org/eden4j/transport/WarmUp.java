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
 * Runs codecs, and what frames pass through on their way to them, until the JVM has compiled them.
 *
 * <p>Vector kernels that are still interpreted take thousands of nanoseconds a coordinate: a first round in cold
 * processes would miss its deadline, and an agent deep in its first frame would seem dead. So members warm up before
 * they join, once a part, method and JVM: for a second or so on an idle machine. It ends when batches are fast and,
 * for large vectors, the compiler has nothing left to do; when they get no faster any more; or after
 * {@value #LIMIT_SECONDS} seconds of this thread's processor time, whichever comes first; processor time, since on a
 * machine that starts many members at once little of the other kind of time is this one's.
 *
 * <p>Fast batches alone are not enough for large vectors: kernels are compiled first, then again with each method that they
 * are part of, and a compiler at work takes more of the processors than the rounds that it delays. With small ones it would
 * have little to compile for, and many members of one host would wait for each other.
 *
 * <p>{@link WorkerBuilder#join} does this by itself; who wants to join at once when the time has come does it before.
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
    /** Whole blocks of a batch, for large vectors and others: what is encoded first of all is encoded slowly. */
    private static final int LARGE_BLOCKS = 16;
    private static final int SMALL_BLOCKS = 2;
    /** Batches before codecs and all that is around them are new, and have to make room for their blocks. */
    private static final int NEW_BATCHES = 64;
    /** Coordinates of a large vector. */
    private static final int LARGE = 1 << 20;
    private static final int WARM_BATCHES = 40;
    /** Fast ones for large vectors: several times the calls after which the last of the methods that call kernels is compiled. */
    private static final int THOROUGHLY_WARM_BATCHES = 2000;
    /** Time of this thread between two looks at the compilers: the process's own ticks in steps of 10 ms on Linux. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Compilers are at rest when other threads take no more than this part of the time of this one. */
    private static final double REST = .1;
    private static final Set<Task> DONE = ConcurrentHashMap.newKeySet();

    /** What a member does with frames. */
    private enum Part {
        /** A worker encodes its update. */
        ENCODE,
        /** A worker decodes the mean. */
        DECODE,
        /** The aggregator adds updates and encodes the mean. */
        AGGREGATE
    }

    /** @param downlink how means travel, for the aggregator; else the same as {@code method} */
    private record Task(Part part, Method method, Method downlink, boolean thorough) {
        static Task of(Part part, Method method, Method downlink, int dimension) {
            return new Task(part, method.forDimension(dimension), downlink.forDimension(dimension), dimension >= LARGE);
        }
    }

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

    private static void encoding(Method method, int dimension) {
        rounds(method).forEach(
                round -> of(Task.of(Part.ENCODE, method.at(round), method.at(round), dimension)));
    }

    private static void decoding(Method downlink, int dimension) {
        rounds(downlink).forEach(
                round -> of(Task.of(Part.DECODE, downlink.at(round), downlink.at(round), dimension)));
    }

    /** A round of each phase of these methods, so that a job is warm when it comes to the next. */
    private static LongStream rounds(Method... methods) {
        return LongStream.concat(LongStream.of(0),
                Schedule.changes(List.of(methods)).stream().mapToLong(Long::longValue));
    }

    /** Warms up the methods of a vector's parts, each for as many coordinates as it has. */
    static void encoding(UpdateLayout updates) {
        coordinates(updates).forEach(WarmUp::encoding);
    }

    /** As {@link #encoding(UpdateLayout)}, for means. */
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
     * One short vector, and what members do with it. It has a block of every length that a tail may have, a padded one as
     * well, and is made anew from time to time: the compiler leaves out what it has not seen, and takes back all that calls it
     * when the first tail or a new codec comes.
     */
    private static final class Bench implements AutoCloseable {
        private static final int WORKERS = 2;

        final FrameLayout up;
        private final Arena arena = Arena.ofConfined();
        private final Part part;
        private final MemorySegment vector;
        private final MemorySegment payloads;
        /** By frame. */
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
            // Helpers would be taken for compilers at work.
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
}
