package org.eden4j.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.compressor.elementwise.None;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The compression method of each parameter of a network. Each parameter is a part of its own in the network's
 * {@link UpdateLayout}; the last rule that matches it names its method.
 *
 * <pre>
 * lstm*=eden:bits=6;bias=none;*&gt;1000000=drive
 *
 * rules     = rule { ";" rule }
 * rule      = selector "=" ( METHOD | "job" )           job: the method of the job
 * selector  = ( LAYER | LAYER "/" KIND | KIND ) [ "&gt;" SIZE ] [ "&lt;" SIZE ]
 * LAYER     = the layer's name, with * for any characters and ? for one; DL4J calls layers without a name layer0, layer1, ..
 *             (if a layer is named like a kind, write ? for one of its letters)
 * KIND      = weights | bias | gamma | beta | statistics | other
 * </pre>
 *
 * <p>A user's rules follow the {@linkplain #standard() standard} ones,
 *
 * <pre>
 * *=job;gamma=none;beta=none;*&lt;1024=none
 * </pre>
 *
 * <p>and two things hold whatever the rules say: running statistics travel raw, because they have their own scale and
 * range; and parameters that do not train are absent, which are those of frozen layers and those used only in
 * pretraining. A layer with the updater {@code NoOp} is not frozen: DL4J applies its gradients unchanged, and updates
 * batch normalization's statistics and the centres of a centre loss in this way.
 *
 * <p>Immutable. Rules are equal if their texts are equal.
 */
public final class LayerRules {
    private static final List<LayerRule> STANDARD = Stream.of("*=job", "gamma=none", "beta=none", "*<1024=none")
        .map(LayerRule::parse)
        .toList();
    private static final LayerRules NONE_MORE = new LayerRules(List.of());

    private final List<LayerRule> rules;

    private LayerRules(List<LayerRule> rules) {
        this.rules = rules;
    }

    /**
     * Returns the standard rules: the job's method, except for gamma, beta, and parameters with fewer than 1,024
     * coordinates, which travel raw.
     */
    public static LayerRules standard() {
        return NONE_MORE;
    }

    /**
     * Parses rules that follow the standard ones, such as {@code layer*=drive;bias=none}.
     *
     * @param text rules, of which the last that matches decides; may be empty
     * @throws IllegalArgumentException naming the wrong rule and the expected form
     */
    public static LayerRules parse(String text) {
        List<LayerRule> rules = new ArrayList<>();
        for (String rule : text.split(";")) {
            if (!rule.isBlank()) {
                rules.add(LayerRule.parse(rule.strip()));
            }
        }
        return new LayerRules(List.copyOf(rules));
    }

    /**
     * Returns the layout of a network: one part per parameter, named as in its {@code paramTable()}.
     *
     * @param network an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     * @param job the job's method
     * @throws IllegalArgumentException if the network is of another class, or has no parameter that trains
     */
    public UpdateLayout layout(Model network, Method job) {
        TrainedNetwork trained = NetworkCheck.parameters(network);
        List<Part> parts = new ArrayList<>();
        int number = 0;
        for (Trainable holder : trained.parts()) {
            if (holder.numParams() > 0) {
                add(holder, number, job, parts);
            }
            number++;
        }
        parts.sort(Comparator.comparingInt(Part::first));
        return UpdateLayout.of(parts);
    }

    /** Adds the parameters of one layer or vertex. */
    private void add(Trainable holder, int number, Method job, List<Part> parts) {
        Layer layer = holder instanceof GraphVertex vertex ? vertex.getLayer() : (Layer) holder;
        String prefix = holder instanceof GraphVertex vertex ? vertex.getVertexName() : String.valueOf(number);
        String given = layer == null ? null : layer.conf().getLayer().getLayerName();
        String name = given == null ? prefix : given;
        boolean frozen = frozen(layer);
        Map<String, INDArray> trainedKeys = holder.paramTable(true);
        for (Map.Entry<String, INDArray> parameter : holder.paramTable(false).entrySet()) {
            String key = parameter.getKey();
            int first = Math.toIntExact(parameter.getValue().offset());
            int length = Math.toIntExact(parameter.getValue().length());
            boolean absent = frozen || !trainedKeys.containsKey(key);
            boolean averaged = holder.updaterDivideByMinibatch(key);
            ParameterKind kind = layer == null ? averaged ? ParameterKind.OTHER : ParameterKind.STATISTICS
                    : ParameterKind.of(layer.conf().getLayer(), key, averaged);
            parts.add(new Part(prefix + "_" + key, first, length,
                    absent ? Optional.empty() : Optional.of(method(name, kind, length, job))));
        }
    }

    private Method method(String layerName, ParameterKind kind, int length, Method job) {
        Method method = kind == ParameterKind.STATISTICS ? new None()
                : Stream.concat(STANDARD.stream(), rules.stream())
                    .filter(rule -> rule.matches(layerName, kind, length))
                    .reduce((_, last) -> last)
                    .flatMap(LayerRule::method)
                    .orElse(job);
        return method.forDimension(length);
    }

    private static boolean frozen(Layer layer) {
        Layer inner = layer;
        while (inner instanceof BaseWrapperLayer wrapper) {
            if (wrapper instanceof FrozenLayer || wrapper instanceof FrozenLayerWithBackprop) {
                return true;
            }
            inner = wrapper.getUnderlying();
        }
        return false;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof LayerRules other && rules.equals(other.rules);
    }

    @Override
    public int hashCode() {
        return rules.hashCode();
    }

    /** Returns the rules after the standard ones, in the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return rules.stream().map(LayerRule::toString).collect(Collectors.joining(";"));
    }
}
