package org.eden4j.simulator.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.simulator.process.JobSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that train on this machine. */
final class TrainOptions extends ModelOptions {
    /** Training rounds wait for workers that share cores: longer than those of {@code mean}. */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final List<String> PROCESS_OPTIONS = List.of("--shards", "--channel", "--port", "--deadline",
            "--quorum", "--attempts", "--restarts", "--threads-only", "--kill", "--kill-every");

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--dump-gradients", paramLabel = "DIR", description = "Write the first worker's gradients of steps 1, 4, 16, .. there, as little-endian float32.")
    Path dumpGradients;

    @Option(names = "--compare-every", paramLabel = "K", defaultValue = "100", description = "Rounds between comparisons of the replicas by their hashes; 0 for never (default ${DEFAULT-VALUE}).")
    int compareEvery;

    @Option(names = "--kill", paramLabel = "ROLE", split = ",", description = "${COMPLETION-CANDIDATES}: ends a process of one of these by force every so often, before the last tenth of the epochs;"
            + " another takes its place each time.")
    Set<Killer.Role> kill = EnumSet.noneOf(Killer.Role.class);

    @Option(names = "--kill-every", paramLabel = "SECONDS", defaultValue = "15", converter = SecondsConverter.class, description = "Time between two kills (default ${DEFAULT-VALUE}).")
    Duration killEvery;

    @Option(names = "--in-process", description = "Workers are threads of this process that meet without Aeron: the same numbers, without the start of"
            + " processes.")
    boolean inProcess;

    /**
     * Rejects options that have no effect on workers that are threads of this process and meet without Aeron.
     *
     * @param cure what to do about it
     */
    void rejectProcessOptions(String cure) {
        for (String option : PROCESS_OPTIONS) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(), option + " needs processes: " + cure);
            }
        }
    }

    /** The settings of a run, checked. */
    TrainSettings settings(JobSettings job) {
        try {
            JobSettings compared = job.withCompareEvery(compareEvery);
            JobSettings held = kill.isEmpty() ? compared : compared.withRestarts(Integer.MAX_VALUE);
            return new TrainSettings(held, mode, model, quick, every, epochs, data, rules.toString(), averageUpdaters,
                    kill, killEvery, dumpGradients == null ? "" : dumpGradients.toAbsolutePath().toString());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
