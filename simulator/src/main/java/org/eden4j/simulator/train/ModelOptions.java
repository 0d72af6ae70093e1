package org.eden4j.simulator.train;

import org.eden4j.dl4j.LayerRules;
import org.eden4j.simulator.cli.TextConverter;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TrainingPlan;
import picocli.CommandLine.Option;

/** The options that say what is trained and what workers exchange, for all commands that train on any machines. */
public class ModelOptions {
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

    @Option(names = "--quick", description = "Fewer images and epochs: shows the same in a fraction of the time.")
    boolean quick;

    /** Returns what workers exchange. */
    public Mode mode() {
        return mode;
    }

    /** Returns the network. */
    public ImageModel model() {
        return model;
    }

    /** Returns {@code builtin} or a directory. */
    public String data() {
        return data;
    }

    /** Returns how parameters travel, after the standard rules. */
    public LayerRules rules() {
        return rules;
    }

    /** Returns whether averaging includes the updater's state. */
    public boolean averageUpdaters() {
        return averageUpdaters;
    }

    /** Returns whether the short plan is used. */
    public boolean quick() {
        return quick;
    }

    /**
     * Returns the plan of the run.
     *
     * @throws IllegalArgumentException if the number of steps or epochs is negative
     */
    public TrainingPlan plan() {
        return TrainingPlan.of(model, quick, every, epochs);
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
