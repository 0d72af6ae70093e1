package org.eden4j.dl4j;

import java.util.Locale;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.SimpleRnnParamInitializer;

/** The role of a parameter in its layer. */
enum ParameterKind {
    /** Factors of inputs or of earlier outputs. */
    WEIGHTS,
    /** Summands of a layer's outputs. */
    BIAS,
    /** Factors of a normalisation: batch normalization's gamma, layer normalization's gain. */
    GAMMA,
    /** Summands of batch normalization. */
    BETA,
    /** Running statistics, such as batch normalization's mean and variance, whose "gradient" is an update. */
    STATISTICS,
    /** Anything else, such as the centres of a centre loss. */
    OTHER;

    /**
     * Returns the kind of a parameter.
     *
     * @param layer the configuration of its layer
     * @param key the parameter's name in the layer, such as {@code W}
     * @param averaged whether DL4J divides the gradient of this parameter by the size of the minibatch
     */
    static ParameterKind of(Layer layer, String key, boolean averaged) {
        if (!averaged) {
            return STATISTICS;
        }
        if (layer instanceof Bidirectional both) {
            // keys are those of one direction after an f or b, which DL4J's initializer mistakes for biases
            return of(both.getFwd(), key.substring(1), true);
        }
        if (layer instanceof BatchNormalization) {
            return switch (key) {
                case BatchNormalizationParamInitializer.GAMMA -> GAMMA;
                case BatchNormalizationParamInitializer.BETA -> BETA;
                default -> STATISTICS;
            };
        }
        boolean gain = layer instanceof DenseLayer dense && dense.isHasLayerNorm()
                && key.equals(DefaultParamInitializer.GAIN_KEY)
                || layer instanceof SimpleRnn recurrent && recurrent.isHasLayerNorm()
                        && key.equals(SimpleRnnParamInitializer.GAIN_KEY);
        if (gain) {
            return GAMMA;
        }
        return layer.initializer().isBiasParam(layer, key) ? BIAS
                : layer.initializer().isWeightParam(layer, key) ? WEIGHTS : OTHER;
    }

    /** Returns the kind with this name, as rules spell it. */
    static Optional<ParameterKind> named(String name) {
        for (ParameterKind kind : values()) {
            if (kind.toString().equals(name)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
