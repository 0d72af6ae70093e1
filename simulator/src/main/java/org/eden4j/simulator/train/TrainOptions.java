package org.eden4j.simulator.train;

import java.time.Duration;
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

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "averaging", description = "${COMPLETION-CANDIDATES}: changes of parameters every K steps, or gradients at each step"
            + " (default ${DEFAULT-VALUE}).")
    Mode mode;

    @Option(names = "--every", paramLabel = "K", defaultValue = "0", description = "Steps between two exchanges of averaging; 0 takes the plan's (default ${DEFAULT-VALUE}).")
    int every;

    @Option(names = "--epochs", paramLabel = "E", defaultValue = "0", description = "Passes over the images; 0 takes the plan's (default ${DEFAULT-VALUE}).")
    int epochs;

    @Option(names = "--model", paramLabel = "NET", defaultValue = "lenet", converter = ModelConverter.class, description = "mlp (25,450 parameters) or lenet (431,080) (default ${DEFAULT-VALUE}).")
    ImageModel model;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = FashionMnist.BUILTIN, description = "builtin, or a directory with the IDX files of Fashion-MNIST (default ${DEFAULT-VALUE}).")
    String data;

    @Option(names = "--quick", description = "Fewer images and epochs: shows the same in a fraction of the time.")
    boolean quick;

    /** The settings of a run, checked. */
    TrainSettings settings(JobSettings job) {
        try {
            return new TrainSettings(job, mode, model, quick, every, epochs, data);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** Reads {@code --model}. */
    static final class ModelConverter extends TextConverter<ImageModel> {
        ModelConverter() {
            super(ImageModel::parse);
        }
    }
}
