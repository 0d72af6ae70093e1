package org.eden4j.simulator.mean;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.AggregatorSettings;
import org.eden4j.simulator.process.Commands;
import org.eden4j.simulator.process.Events;
import org.eden4j.simulator.process.Joining;
import org.eden4j.simulator.process.Loss;
import org.eden4j.simulator.process.Ranges;
import org.eden4j.simulator.process.Role;
import org.eden4j.simulator.process.RoleSettings;
import org.eden4j.simulator.process.VectorHash;
import org.eden4j.transport.WarmUp;
import org.eden4j.transport.Worker;
import org.eden4j.transport.WorkerBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;

/**
 * One worker of {@code mean}. It draws a vector, exchanges it and reports the hash of the mean, each on command:
 *
 * <pre>
 * command        event     action
 *                prepared  warms up, before any command
 * join ADDRESS   joined    joins the job
 * prepare R      ready     draws the vector of round R
 * go R           round     exchanges it; reports times, bytes and what was counted
 * hash           hashed    reports the hash of the last mean, once all workers that share the processors have theirs
 * run R P        round     exchanges on its own, with pauses of P ms, until round R, then reports finished; each with its hash
 * write PATH     written   writes the last mean, native float32
 * leave                    ends
 * </pre>
 *
 * @param index number of the worker
 * @param dimension coordinates of a vector
 * @param method method of the updates
 * @param downlink method of the mean, for warming up
 * @param input distribution of vectors
 * @param vectors relation between the workers' vectors
 * @param fixedInput whether one draw serves all rounds
 * @param seed seed of the draws
 * @param identity identifies the worker across its processes
 * @param mtu Aeron's MTU in bytes, 0 for the transport's default
 * @param loss probability that a datagram is lost
 * @param errorFeedback whether the worker uses error feedback
 * @param hosted aggregator of the shard hosted by this process; null if there is none
 */
record MeanWorker(int index, int dimension, String method, String downlink, String input, String vectors,
        boolean fixedInput, long seed, long identity,
        int mtu, double loss, boolean errorFeedback, AggregatorSettings hosted) implements RoleSettings {
    static final String PREPARE = "prepare";
    static final String READY = "ready";
    static final String GO = "go";
    static final String RUN = "run";
    static final String FINISHED = "finished";
    static final String ROUND = "round";
    static final String HASH = "hash";
    static final String HASHED = "hashed";
    static final String WRITE = "write";
    static final String WRITTEN = "written";
    static final String LEAVE = "leave";

    private static final int ALIGNMENT = 64;
    private static final int HEAP_BYTES_A_COORDINATE = 4 * Float.BYTES;

    @Override
    public Role role() {
        return this::run;
    }

    @Override
    public List<String> jvmOptions() {
        long megabytes = 128 + ((long) dimension * HEAP_BYTES_A_COORDINATE >> 20);
        return List.of("-Xmx" + (hosted == null ? megabytes : megabytes + hosted.heapMegabytes()) + "m");
    }

    private void run(Commands commands, Events events) throws IOException, InterruptedException {
        WarmUp.worker(dimension, Method.parse(method), Method.parse(downlink));
        events.emit(Events.named(Joining.PREPARED));
        String address = commands.expect(Joining.JOIN);
        if (address == null) {
            return;
        }
        WorkerBuilder builder = Worker.builder(JobAddress.parse(address), dimension, Method.parse(method))
            .index(index)
            .identity(identity)
            .joinTimeout(Joining.LIMIT)
            .injectLoss(Loss.of(loss, seed, index));
        if (mtu > 0) {
            builder.mtu(mtu);
        }
        if (errorFeedback) {
            builder.errorFeedback();
        }
        if (hosted != null) {
            builder.serve(hosted.index(), hosted.workers(), aggregator -> hosted.configure(aggregator, events));
        }
        try (Worker worker = builder.join(); Arena arena = Arena.ofShared()) {
            events.emit(Events.named(Joining.JOINED).put("mtu", worker.mtu()));
            new Session(worker, arena).obey(commands, events);
        }
    }

    /** The state of a worker that has joined: its vector and the mean. */
    private final class Session {
        private final Worker worker;
        private final Draws draws = new Draws(Input.parse(input), Vectors.parse(vectors), fixedInput, seed);
        private final float[] drawn = new float[dimension];
        private final MemorySegment update;
        private final MemorySegment mean;
        private long drawnRound = -1;
        /** Distinguishes this process from others in its place: its residual is its own. */
        private final int process = new SecureRandom().nextInt();

        Session(Worker worker, Arena arena) {
            this.worker = worker;
            update = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
            mean = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
        }

        void obey(Commands commands, Events events) throws IOException, InterruptedException {
            for (String line = commands.next(); line != null; line = commands.next()) {
                int space = line.indexOf(' ');
                String rest = line.substring(space + 1);
                switch (space < 0 ? line : line.substring(0, space)) {
                    case PREPARE -> {
                        draw(Long.parseLong(rest));
                        events.emit(Events.named(READY));
                    }
                    case GO -> events.emit(exchangeUpTo(Long.parseLong(rest)));
                    case HASH -> events.emit(Events.named(HASHED).put(HASH, VectorHash.of(mean)));
                    case RUN -> {
                        String[] arguments = rest.split(" ");
                        run(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]), commands, events);
                    }
                    case WRITE -> {
                        write(Path.of(rest));
                        events.emit(Events.named(WRITTEN));
                    }
                    case LEAVE -> {
                        return;
                    }
                    default -> throw new IllegalArgumentException("unknown command '" + line + "'");
                }
            }
        }

        /** Runs rounds until their number is reached or another command arrives. */
        private void run(long rounds, long pauseMs, Commands commands, Events events) throws InterruptedException {
            while (worker.round() < rounds) {
                if (commands.isNext()) {
                    return;
                }
                draw(worker.round());
                events.emit(exchange().put(HASH, VectorHash.of(mean)));
                Thread.sleep(pauseMs);
            }
            events.emit(Events.named(FINISHED));
        }

        private void draw(long round) {
            drawnRound = round;
            draws.fill(round, index, drawn);
            MemorySegment.copy(drawn, 0, update, ValueLayout.JAVA_FLOAT, 0, dimension);
        }

        /**
         * Exchanges up to the end of a round, with a new vector for each; a worker that is behind is resynchronised
         * first.
         */
        private Row exchangeUpTo(long round) {
            Row last;
            do {
                if (worker.round() != drawnRound) {
                    draw(worker.round());
                }
                last = exchange();
            } while (worker.round() <= round);
            return last;
        }

        private Row exchange() {
            long begin = epochNs();
            RoundResult result = worker.exchange(update, 1, mean);
            long end = epochNs();
            return Events.named(ROUND)
                .put("round", result.round())
                .put("resynchronised", result.resynchronised())
                .put("attempts", result.attempts())
                .put("process", process)
                .put("contributors", result.counted())
                .put("partial", Ranges.write(result.partial()))
                .put("beginNs", begin)
                .put("endNs", end)
                .put("bytesUp", result.bytesUp())
                .put("bytesDown", result.bytesDown())
                .put("transportBytes", result.transportBytes())
                .put("expectedError", result.expectedError().orElse(Double.NaN));
        }

        private void write(Path path) throws IOException {
            ByteBuffer bytes = mean.asByteBuffer();
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        }
    }

    /** Returns nanoseconds since 1970: the clock shared by all processes of a machine. */
    private static long epochNs() {
        Instant now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    }
}
