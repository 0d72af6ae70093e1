package org.eden4j.simulator.mean;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.process.JobOptions;
import org.eden4j.simulator.process.JobSettings;
import org.eden4j.simulator.process.LossOptions;
import org.eden4j.simulator.process.MethodOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden mean}: computes the mean of the vectors of several processes over Aeron. */
@Command(name = "mean", description = "Worker processes and an aggregator process compute means of vectors over Aeron.", footer = {
        "",
        "equalsReference: all workers hold, bit for bit, the mean that one process computes from the "
                + "contributors' vectors.",
        "expectedNmse is the closed form for these vectors. expectedError is the upper bound reported to the "
                + "members, which do not know each other's vectors; the two are equal for equal vectors.",
        "A process that is killed is replaced, and the job continues. A worker that is stopped, or lost permanently "
                + "with --restarts 0, does not stop the others: rounds close at the deadline, 'missing' names it, and the "
                + "exit code is 0 as long as rounds reach the quorum.",
        "",
        "Example:",
        "  ./eden mean --workers 4 --dimension 1000003 --method eden:bits=4 --rounds 5 --channel udp",
        "  ./eden mean --loss 0.05 --unreliable",
        "  ./eden mean --peers --channel udp"})
public final class MeanCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "round", "summary", "workers", "contributors",
            "missing",
            "dimension", "method", "downlink", "input", "vectors", "channel", "mtu", "loss", "unreliable", "shards",
            "peers", "lost",
            "undelivered", "nmse", "expectedNmse",
            "bytesUp",
            "bytesDown", "bytesUncompressed", "wireBitsUp", "wireBitsDown", "transportBytes", "seconds",
            "collectingSeconds", "encodingSeconds", "downlinkSeconds", "equalsReference",
            "rounds", "joinSeconds", "late", "duplicate", "stale", "foreign", "rejected", "cutOff", "resyncs",
            "restarted", "averageNmse", "expectedError");
    private static final List<String> TEXT_COLUMNS = List.of("round", "contributors", "missing", "nmse", "expectedNmse",
            "expectedError", "bytesUp", "bytesDown", "wireBitsUp", "wireBitsDown", "seconds", "equalsReference");
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private JobOptions job;

    @Mixin
    private MethodOptions methods;

    @Mixin
    private LossOptions losses;

    @Option(names = "--dimension", paramLabel = "D", defaultValue = "1000000", description = "Coordinates per vector (default ${DEFAULT-VALUE}).")
    private int dimension;

    @Option(names = "--rounds", paramLabel = "R", defaultValue = "5", description = "Number of rounds (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--input", paramLabel = "I", defaultValue = "lognormal", converter = Input.Converter.class, description = "Distribution of the vectors, see sweep (default ${DEFAULT-VALUE}).")
    private Input input;

    @Option(names = "--fixed-input", description = "Draw the vectors once for all rounds; only seeds vary.")
    private boolean fixedInput;

    @Option(names = "--vectors", paramLabel = "V", defaultValue = "independent", converter = Vectors.Converter.class, description = "Relation between the vectors: same, independent or correlated:RHO (default ${DEFAULT-VALUE}).")
    private Vectors vectors;

    @Option(names = "--peers", description = "No aggregator processes: each worker hosts a shard.")
    private boolean peers;

    @Override
    public Integer call() throws InterruptedException {
        JobSettings settings = job.settings(methods.method(), methods.downlink(), common.seed(), DEADLINE,
                losses.loss());
        MeanPlan plan = plan(settings);
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress("mean", rounds);
                MeanRun run = new MeanRun(plan)) {
            results.note(run.processes(), run.processesSentence());
            run.connect();
            for (long round = 0; round < rounds; round++) {
                results.add(run.round(round));
                progress.step(1);
            }
            results.add(run.summary());
        }
        return 0;
    }

    private MeanPlan plan(JobSettings settings) {
        try {
            if (dimension < 1) {
                throw new IllegalArgumentException("--dimension must be at least 1, got " + dimension);
            }
            if (rounds < 1) {
                throw new IllegalArgumentException("--rounds must be at least 1, got " + rounds);
            }
            return new MeanPlan(peers ? settings.ofPeers() : settings, dimension,
                    new Draws(input, vectors, fixedInput, common.seed()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
