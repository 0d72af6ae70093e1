package org.eden4j.simulator.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.simulator.cli.TextConverter;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.process.JobSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that train. */
final class TrainOptions {
    /** Training rounds wait for workers that share cores: longer than those of {@code mean}. */
    static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final List<String> PROCESS_OPTIONS = List.of("--shards", "--channel", "--port", "--deadline",
            "--quorum", "--attempts", "--restarts", "--threads-only", "--kill", "--kill-every");

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "averaging", description = "${COMPLETION-CANDIDATES}: changes of parameters every K steps, or gradients at each step"
            + " (default ${DEFAULT-VALUE}).")
    Mode mode;

    @Option(names = "--every", paramLabel = "K", defaultValue = "0", description = "Steps between two exchanges of averaging; 0 takes the plan's (default ${DEFAULT-VALUE}).")
    int every;

    @Option(names = "--epochs", paramLabel = "E", defaultValue = "0", description = "Passes over the images; 0 takes the plan's (default ${DEFAULT-VALUE}).")
    int epochs;

    @Option(names = "--model", paramLabel = "NET", defaultValue = "lenet", converter = ModelConverter.class, description = "mlp (25,450 parameters), lenet (431,080) or batchnorm (236,170, on raw pixels) (default ${DEFAULT-VALUE}).")
    ImageModel model;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = FashionMnist.BUILTIN, description = "builtin, or a directory with the IDX files of Fashion-MNIST (default ${DEFAULT-VALUE}).")
    String data;

    @Option(names = "--rules", paramLabel = "RULES", defaultValue = "", converter = RulesConverter.class, description = "How the parameters of single layers travel, such as \"layer0/weights=drive;bias=none\"; the standard"
            + " rules come first.")
    LayerRules rules;

    @Option(names = "--average-updaters", description = "Averaging includes the updater's state.")
    boolean averageUpdaters;

    @Option(names = "--dump-gradients", paramLabel = "DIR", description = "Write the first worker's gradients of steps 1, 4, 16, .. there, as little-endian float32.")
    Path dumpGradients;

    @Option(names = "--compare-every", paramLabel = "K", defaultValue = "100", description = "Rounds between comparisons of the replicas by their hashes; 0 for never (default ${DEFAULT-VALUE}).")
    int compareEvery;

    @Option(names = "--kill", paramLabel = "ROLE", split = ",", description = "${COMPLETION-CANDIDATES}: ends a process of one of these by force every so often, before the last epoch;"
            + " another takes its place each time.")
    Set<Killer.Role> kill = EnumSet.noneOf(Killer.Role.class);

    @Option(names = "--kill-every", paramLabel = "SECONDS", defaultValue = "15", converter = SecondsConverter.class, description = "Time between two kills (default ${DEFAULT-VALUE}).")
    Duration killEvery;

    @Option(names = "--in-process", description = "Workers are threads of this process that meet without Aeron: the same numbers, without the start of"
            + " processes.")
    boolean inProcess;

    @Option(names = "--quick", description = "Fewer images and epochs: shows the same in a fraction of the time.")
    boolean quick;

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

    /** Reads {@code --rules}. */
    static final class RulesConverter extends TextConverter<LayerRules> {
        RulesConverter() {
            super(LayerRules::parse);
        }
    }

    /** Reads {@code --model}. */
    static final class ModelConverter extends TextConverter<ImageModel> {
        ModelConverter() {
            super(ImageModel::parse);
        }
    }
}
