package org.eden4j.simulator.host;

import java.time.Duration;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.transport.AggregatorBuilder;
import org.eden4j.transport.WorkerBuilder;
import picocli.CommandLine.Option;

/** What a worker's process is told of the shard that it hosts. */
final class ServeOptions {
    private static final int NONE = -1;

    @Option(names = "--serve", paramLabel = "K", defaultValue = "-1", description = "Host shard K, counted from 0, at the address of that place in --connect; -1 for none (default ${DEFAULT-VALUE}).")
    private int shard;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "With --serve: workers that the job starts with (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--downlink", paramLabel = "M", defaultValue = "eden:bits=8", converter = GivenMethod.Converter.class, description = "With --serve: how the mean is compressed (default ${DEFAULT-VALUE}).")
    private GivenMethod downlink;

    @Option(names = "--deadline", paramLabel = "SECONDS", defaultValue = "5", converter = SecondsConverter.class, description = "With --serve: a round closes without the workers that are missing after this time (default ${DEFAULT-VALUE}).")
    private Duration deadline;

    @Option(names = "--quorum", paramLabel = "Q", defaultValue = "0", description = "With --serve: fewer workers at the deadline fail the round; 0 means half, rounded up (default ${DEFAULT-VALUE}).")
    private int quorum;

    /** Has a worker host what is asked for. */
    void apply(WorkerBuilder worker, long seed) {
        if (shard != NONE) {
            worker.serve(shard, workers, aggregator -> configure(aggregator, seed));
        }
    }

    private AggregatorBuilder configure(AggregatorBuilder aggregator, long seed) {
        aggregator.downlink(downlink.method()).deadline(deadline).jobSeed(seed);
        return quorum == 0 ? aggregator : aggregator.quorum(quorum);
    }
}
