package org.eden4j.simulator.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.GivenSchedule;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.VectorHash;
import org.eden4j.transport.Worker;
import org.eden4j.transport.WorkerBuilder;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.media.Connection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden worker}: runs one worker in this process, which exchanges vectors that it draws. */
@Command(name = "worker", description = "Runs one worker on this host, which draws vectors and exchanges them for their mean.", footer = {
        "",
        "beginNs and endNs are nanoseconds since 1970 before and after the exchange; hash is the hash of the "
                + "mean.",
        "",
        "Example:",
        "  ./eden worker --connect 10.0.0.1:7400 --dimension 1000000 --rounds 20 --insecure",
        "  ./eden worker --connect 10.0.0.1:7400,10.0.0.2:7400 --serve 0 --workers 2 --insecure"})
public final class WorkerCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "worker", "round", "workers", "contributors",
            "dimension", "bytesUp", "bytesDown", "transportBytes", "beginNs", "endNs", "seconds", "hash",
            "expectedError");
    private static final List<String> TEXT_COLUMNS = List.of("worker", "round", "contributors", "bytesUp", "bytesDown",
            "seconds", "hash");
    private static final int ALIGNMENT = 64;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ServeOptions serve;

    @Option(names = "--connect", paramLabel = "HOST:PORT,..", required = true, converter = EndpointConverter.class, description = "Address of the aggregator; with several shards all addresses, in order.")
    private JobAddress connect;

    @Option(names = "--index", paramLabel = "I", defaultValue = "-1", description = "Number of the worker, from 0; -1 for the lowest free one (default ${DEFAULT-VALUE}).")
    private int index;

    @Option(names = "--method", paramLabel = "M", defaultValue = DefaultMethods.UPDATES, converter = GivenMethod.Converter.class, description = "Method of the updates, the same as the aggregator's (default ${DEFAULT-VALUE}).")
    private GivenMethod method;

    @Option(names = "--schedule", paramLabel = "UP/DOWN;..", converter = GivenSchedule.Converter.class, description = "Replaces --method; the same as the aggregator's.")
    private GivenSchedule schedule;

    @Option(names = "--dimension", paramLabel = "D", defaultValue = "1000000", description = "Coordinates per vector (default ${DEFAULT-VALUE}).")
    private int dimension;

    @Option(names = "--rounds", paramLabel = "R", defaultValue = "5", description = "Number of rounds of the job; a worker that joins late takes part in the remaining ones (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--input", paramLabel = "I", defaultValue = "lognormal", converter = Input.Converter.class, description = "Distribution of the vectors, see sweep (default ${DEFAULT-VALUE}).")
    private Input input;

    @Option(names = "--fixed-input", description = "Draw the vectors once for all rounds; only seeds vary.")
    private boolean fixedInput;

    @Option(names = "--term", paramLabel = "BYTES", defaultValue = "0", description = "With udp: the bytes of a term of Aeron's logs, a power of two from 2 MiB; a long link that loses packets needs 6 times rate x round trip; 0 leaves it to the transport (default ${DEFAULT-VALUE}).")
    private int term;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "0", description = "Aeron's MTU, the same on all hosts; 0 for the default: "
            + Connection.NETWORK_MTU + " between hosts (default ${DEFAULT-VALUE}).")
    private int mtu;

    @Option(names = "--join-timeout", paramLabel = "SECONDS", defaultValue = "60", converter = SecondsConverter.class, description = "Time limit for joining (default ${DEFAULT-VALUE}).")
    private Duration joinTimeout;

    @Option(names = "--error-feedback", description = "Use error feedback: add to each vector what compression left out of earlier ones.")
    private boolean errorFeedback;

    @Option(names = "--insecure", description = "Allow joining over a network without a key.")
    private boolean insecure;

    @Override
    public Integer call() {
        WorkerBuilder builder = builder();
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Worker worker = builder.join();
                Arena arena = Arena.ofShared()) {
            Draws draws = new Draws(input, Vectors.parse("independent"), fixedInput, common.seed());
            float[] drawn = new float[dimension];
            MemorySegment update = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
            MemorySegment mean = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
            if (worker.round() >= rounds) {
                spec.commandLine()
                    .getErr()
                    .println("eden worker: the job is at round " + worker.round()
                            + " already, past --rounds " + rounds);
            }
            boolean first = true;
            while (worker.round() < rounds) {
                if (first || !fixedInput) {
                    draws.fill(worker.round(), worker.index(), drawn);
                    MemorySegment.copy(drawn, 0, update, ValueLayout.JAVA_FLOAT, 0, dimension);
                    first = false;
                }
                Instant begin = Instant.now();
                RoundResult result = worker.exchange(update, 1, mean);
                Instant end = Instant.now();
                if (!result.resynchronised()) { // else it was brought up to the others, and has no mean
                    results.add(row(worker, result, begin, end).put("hash", VectorHash.of(mean)));
                }
            }
        }
        return 0;
    }

    private WorkerBuilder builder() {
        try {
            if (rounds < 1) {
                throw new IllegalArgumentException("--rounds must be at least 1, got " + rounds);
            }
            GivenMethod used = schedule == null ? method : schedule.method();
            WorkerBuilder builder = Worker.builder(connect, dimension, used.method()).joinTimeout(joinTimeout);
            serve.apply(builder, common.seed());
            if (insecure) {
                builder.insecure();
            }
            if (errorFeedback) {
                builder.errorFeedback();
            }
            if (index != -1) {
                builder.index(index);
            }
            if (mtu != 0) {
                builder.mtu(mtu);
            }
            if (term != 0) {
                builder.term(term);
            }
            return builder;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static Row row(Worker worker, RoundResult result, Instant begin, Instant end) {
        return Row.of("worker")
            .put("worker", worker.index())
            .put("round", result.round())
            .put("workers", result.members())
            .put("contributors", result.contributors())
            .put("dimension", worker.dimension())
            .put("bytesUp", result.bytesUp())
            .put("bytesDown", result.bytesDown())
            .put("transportBytes", result.transportBytes())
            .put("beginNs", epochNs(begin))
            .put("endNs", epochNs(end))
            .put("seconds", Duration.between(begin, end).toNanos() / 1e9)
            .put("expectedError", result.expectedError().orElse(Double.NaN));
    }

    private static long epochNs(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }
}
