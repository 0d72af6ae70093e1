package org.eden4j.simulator.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.GradientCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.Simd;
import org.eden4j.simulator.output.Json;

/**
 * A JVM that repeatedly encodes, decodes and copies one vector, to measure the code as compiled in this run. The three
 * alternate, so that a disturbance affects all of them.
 */
public final class BenchFork {
    /** Processor time, since the compiler also waits on a busy machine. */
    private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long MEASURED_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);
    private static final int FEWEST_TURNS = 5;
    /** Smallest number of coordinates per turn, given the resolution of the clock. */
    private static final int SHORTEST_TURN = 1 << 18;
    private static final long JOB_SEED = 1;

    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
        .getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final BenchSettings settings;
    private final BlockLayout layout;

    private BenchFork(BenchSettings settings) {
        this.settings = settings;
        layout = BlockLayout.of(Method.parse(settings.method()), settings.dimension(), settings.blockSize());
    }

    /** Prints a {@link BenchResult} as JSON; the only argument is a {@link BenchSettings} as JSON. */
    public static void main(String[] arguments) {
        System.out.println(Json.write(new BenchFork(Json.read(arguments[0], BenchSettings.class)).measure()));
    }

    /** One of the three alternating operations. */
    private static final class Contender {
        private final Runnable once;
        private double best = Double.MAX_VALUE;
        private long processorNanos;
        private long allocated;
        private long runs;

        Contender(Runnable once) {
            this.once = once;
        }

        void warmUp() {
            long start = THREADS.getCurrentThreadCpuTime();
            do {
                once.run();
            } while (THREADS.getCurrentThreadCpuTime() - start < WARM_UP_NANOS);
        }

        void turn(int times) {
            long processor = SYSTEM.getProcessCpuTime();
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                once.run();
            }
            long nanos = System.nanoTime() - start;
            allocated = (THREADS.getCurrentThreadAllocatedBytes() - bytes) / times;
            processorNanos += SYSTEM.getProcessCpuTime() - processor;
            best = Math.min(best, (double) nanos / times);
            runs += times;
        }
    }

    private BenchResult measure() {
        int n = settings.dimension();
        float[] values = values(n);
        float[] copies = new float[n];
        Contender copy = new Contender(() -> System.arraycopy(values, 0, copies, 0, n));
        MemorySegment gradient = MemorySegment.ofArray(values);
        MemorySegment sum = Arena.global().allocate(4L * layout.sumLength(), 64);
        MemorySegment own = Arena.global().allocate(4L * n, 64);
        MemorySegment.copy(gradient, 0, own, 0, 4L * n);
        Method method = Method.parse(settings.method());
        if (settings.threads() == 1) {
            return result(copy, encoder(method, own), decoder(method, own, sum));
        }
        try (GradientCodec codec = new GradientCodec(method, layout, settings.threads())) {
            GradientCodec.Payloads payloads = codec.encode(own, JOB_SEED, 0, 0);
            return result(copy, new Contender(() -> codec.encode(own, JOB_SEED, 0, 0, payloads)),
                    new Contender(() -> codec.accumulate(payloads, JOB_SEED, 0, 0, 1, sum)));
        }
    }

    private float[] values(int n) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private Contender encoder(Method method, MemorySegment gradient) {
        BlockCodec codec = method.codec();
        BlockSeed[] seeds = seeds();
        MemorySegment payload = Arena.global().allocate(method.maxPayloadBytes(layout.length(0)), 64);
        return new Contender(() -> {
            for (int block = 0; block < layout.blockCount(); block++) {
                codec.encode(gradient, layout.offset(block), layout.length(block), seeds[block], payload, 0);
            }
        });
    }

    private Contender decoder(Method method, MemorySegment gradient, MemorySegment sum) {
        BlockCodec codec = method.codec();
        BlockSeed[] seeds = seeds();
        long[] offsets = new long[layout.blockCount() + 1];
        for (int block = 0; block < layout.blockCount(); block++) {
            offsets[block + 1] = offsets[block] + method.maxPayloadBytes(layout.length(block));
        }
        MemorySegment payloads = Arena.global().allocate(offsets[layout.blockCount()], 64);
        int[] lengths = new int[layout.blockCount()];
        for (int block = 0; block < layout.blockCount(); block++) {
            lengths[block] = codec.encode(gradient, layout.offset(block), layout.length(block), seeds[block], payloads,
                    offsets[block]);
        }
        return new Contender(() -> {
            for (int block = 0; block < layout.blockCount(); block++) {
                codec.accumulate(payloads, offsets[block], lengths[block],
                        layout.length(block), seeds[block], 1, sum, layout.offset(block));
            }
        });
    }

    private BlockSeed[] seeds() {
        BlockSeed[] seeds = new BlockSeed[layout.blockCount()];
        for (int block = 0; block < seeds.length; block++) {
            seeds[block] = BlockSeed.of(JOB_SEED, 0, 0, block);
        }
        return seeds;
    }

    private BenchResult result(Contender copy, Contender encode, Contender decode) {
        Contender[] contenders = {copy, encode, decode};
        for (Contender contender : contenders) {
            contender.warmUp();
        }
        int n = settings.dimension();
        int times = Math.max(1, SHORTEST_TURN / n);
        long start = System.nanoTime();
        for (int turn = 0; turn < FEWEST_TURNS || System.nanoTime() - start < MEASURED_NANOS; turn++) {
            for (Contender contender : contenders) {
                contender.turn(times);
            }
        }
        return new BenchResult(Simd.widthBits(), copy.best / n, encode.best / n, decode.best / n,
                (double) encode.processorNanos / encode.runs / n, (double) decode.processorNanos / decode.runs / n,
                (double) encode.allocated / layout.blockCount(),
                (double) decode.allocated / layout.blockCount());
    }
}
