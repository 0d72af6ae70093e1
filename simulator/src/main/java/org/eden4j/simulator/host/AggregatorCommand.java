package org.eden4j.simulator.host;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.MethodOptions;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.AggregatorBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.Connection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden aggregator}: runs the aggregator of one job in this process until every worker has left. */
@Command(name = "aggregator", description = "Runs the aggregator of one job on this host; workers of this and other hosts join it.", footer = {
        "",
        "Frames are neither encrypted nor authenticated: outside the loopback interface --insecure is required.",
        "",
        "Example:",
        "  ./eden aggregator --listen 10.0.0.1:7400 --workers 4 --method eden:bits=4 --insecure"})
public final class AggregatorCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "shard", "round", "workers", "contributors",
            "missing",
            "bytesUp", "bytesDown", "transportBytes", "late", "duplicate", "rejected", "collectingSeconds", "seconds",
            "expectedError", "diverged");
    private static final List<String> TEXT_COLUMNS = List.of("round", "contributors", "missing", "bytesUp", "bytesDown",
            "collectingSeconds", "seconds");

    private static final Duration LOOK = Duration.ofMillis(100);

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private MethodOptions methods;

    @Option(names = "--listen", paramLabel = "HOST:PORT", required = true, converter = EndpointConverter.class, description = "Address at which workers join; port 0 chooses a free port.")
    private JobAddress listen;

    @Option(names = "--shard", paramLabel = "K/S", defaultValue = "0/1", converter = ShardConverter.class, description = "Hosts shard K of S, counted from 0; the other shards need aggregators of their own (default: the whole vector).")
    private Shard shard;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Number of workers with which the job starts (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--capacity", paramLabel = "N", defaultValue = "0", description = "Largest number of workers at a time; workers beyond those with which the job starts may join later. 0 means as many as it starts with (default ${DEFAULT-VALUE}).")
    private int capacity;

    @Option(names = "--dimension", paramLabel = "D", defaultValue = "0", description = "Coordinates per vector; workers with other dimensions are rejected. 0 adopts that of the first worker, up to "
            + AggregatorBuilder.LARGEST_UNTOLD + " (default ${DEFAULT-VALUE}).")
    private int dimension;

    @Option(names = "--deadline", paramLabel = "SECONDS", defaultValue = "5", converter = SecondsConverter.class, description = "Time after which a round closes without missing workers (default ${DEFAULT-VALUE}).")
    private Duration deadline;

    @Option(names = "--quorum", paramLabel = "Q", defaultValue = "0", description = "Smallest number of workers at the deadline; with fewer the round fails. 0 means half, rounded up (default ${DEFAULT-VALUE}).")
    private int quorum;

    @Option(names = "--compare-every", paramLabel = "K", defaultValue = "100", description = "Number of rounds between comparisons of the members' replicas by hash; 0 for never (default ${DEFAULT-VALUE}).")
    private int compareEvery;

    @Option(names = "--term", paramLabel = "BYTES", defaultValue = "0", description = "With udp: the bytes of a term of Aeron's logs, a power of two from 2 MiB; a long link that loses packets needs 6 times rate x round trip; 0 leaves it to the transport (default ${DEFAULT-VALUE}).")
    private int term;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "0", description = "Aeron's MTU, the same on all hosts; 0 for the default: "
            + Connection.NETWORK_MTU + " between hosts (default ${DEFAULT-VALUE}).")
    private int mtu;

    @Option(names = "--join-timeout", paramLabel = "SECONDS", defaultValue = "60", converter = SecondsConverter.class, description = "Time limit for all workers to join (default ${DEFAULT-VALUE}).")
    private Duration joinTimeout;

    @Option(names = "--insecure", description = "Allow listening on a network without a key.")
    private boolean insecure;

    /** The failure that prevented a round's row from being written, or null. */
    private volatile RuntimeException unwritten;

    @Override
    public Integer call() {
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Aggregator aggregator = builder(results).start()) {
            String address = aggregator.address().toString();
            results.note(Row.of("aggregator").put("address", address), "listening at " + address);
            while (!aggregator.await(LOOK)) {
                checkWritten();
            }
        }
        checkWritten();
        return 0;
    }

    /** The job continues if its rows cannot be written; this command does not. */
    private void checkWritten() {
        RuntimeException failure = unwritten;
        if (failure != null) {
            throw failure;
        }
    }

    private void write(Results results, RoundStatistics statistics) {
        try {
            results.add(row(statistics));
        } catch (RuntimeException e) {
            unwritten = e;
        }
    }

    private AggregatorBuilder builder(Results results) {
        try {
            AggregatorBuilder builder = Aggregator.builder(listen, workers, methods.method().method())
                .downlink(methods.downlink().method())
                .deadline(deadline)
                .joinTimeout(joinTimeout)
                .jobSeed(common.seed())
                .shard(shard)
                .compareEvery(compareEvery)
                .onRound(statistics -> write(results, statistics));
            if (insecure) {
                builder.insecure();
            }
            if (capacity != 0) {
                builder.capacity(capacity);
            }
            if (dimension != 0) {
                builder.dimension(dimension);
            }
            if (quorum != 0) {
                builder.quorum(quorum);
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

    private Row row(RoundStatistics statistics) {
        return Row.of("aggregator")
            .put("shard", shard.toString())
            .put("round", statistics.round())
            .put("workers", workers)
            .put("contributors", statistics.contributors().size())
            .put("missing", statistics.missing())
            .put("bytesUp", statistics.bytesUp())
            .put("bytesDown", statistics.bytesDown())
            .put("transportBytes", statistics.transportBytes())
            .put("late", statistics.late())
            .put("duplicate", statistics.duplicate())
            .put("rejected", statistics.rejected())
            .put("collectingSeconds", statistics.collecting().toNanos() / 1e9)
            .put("seconds", statistics.total().toNanos() / 1e9)
            .put("expectedError", statistics.expectedError().orElse(Double.NaN))
            .put("diverged", statistics.diverged());
    }
}
