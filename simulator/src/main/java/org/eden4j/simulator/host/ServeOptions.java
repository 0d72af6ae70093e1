package org.eden4j.simulator.host;

import java.time.Duration;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.transport.AggregatorBuilder;
import org.eden4j.transport.WorkerBuilder;
import org.eden4j.transport.job.DefaultMethods;
import picocli.CommandLine.Option;

/** The options of a worker that hosts a shard. */
final class ServeOptions {
    private static final int NONE = -1;

    @Option(names = "--serve", paramLabel = "K", defaultValue = "-1", description = "Hosts shard K, counted from 0, at the K-th address of --connect; -1 for none (default ${DEFAULT-VALUE}).")
    private int shard;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "With --serve: number of workers with which the job starts (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--capacity", paramLabel = "N", defaultValue = "0", description = "With --serve: largest number of workers at a time; 0 means as many as the job starts with (default ${DEFAULT-VALUE}).")
    private int capacity;

    @Option(names = "--downlink", paramLabel = "M", defaultValue = DefaultMethods.MEANS, converter = GivenMethod.Converter.class, description = "With --serve: method of the mean (default ${DEFAULT-VALUE}).")
    private GivenMethod downlink;

    @Option(names = "--deadline", paramLabel = "SECONDS", defaultValue = "5", converter = SecondsConverter.class, description = "With --serve: time after which a round closes without missing workers (default ${DEFAULT-VALUE}).")
    private Duration deadline;

    @Option(names = "--quorum", paramLabel = "Q", defaultValue = "0", description = "With --serve: smallest number of workers at the deadline; with fewer the round fails. 0 means half, rounded up (default ${DEFAULT-VALUE}).")
    private int quorum;

    /** Configures a worker to host the shard, if one was requested. */
    void apply(WorkerBuilder worker, long seed) {
        if (shard != NONE) {
            worker.serve(shard, workers, aggregator -> configure(aggregator, seed));
        }
    }

    private AggregatorBuilder configure(AggregatorBuilder aggregator, long seed) {
        aggregator.downlink(downlink.method()).deadline(deadline).jobSeed(seed);
        if (capacity != 0) {
            aggregator.capacity(capacity);
        }
        return quorum == 0 ? aggregator : aggregator.quorum(quorum);
    }
}
