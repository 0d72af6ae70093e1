package org.eden4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.compressor.elementwise.None;
import org.eden4j.transport.Worker;
import org.eden4j.transport.WorkerBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.local.LocalJob;

/**
 * How a job trains: what its members have to agree on.
 *
 * @param averagingFrequency steps between exchanges of parameter averaging, 0 for gradient sharing
 * @param averageUpdaters whether averaging includes the updater's state
 * @param averageAtEpochEnd whether averaging exchanges at the end of each epoch as well
 * @param rules how parameters travel
 */
record TrainingTerms(int averagingFrequency, boolean averageUpdaters, boolean averageAtEpochEnd, LayerRules rules) {
    /** Each step's gradient; equal updaters and epoch ends follow. */
    static TrainingTerms sharing(LayerRules rules) {
        return new TrainingTerms(0, false, false, rules);
    }

    boolean sharing() {
        return averagingFrequency == 0;
    }

    /** Says whether a network can take part, see {@link NetworkCheck}. */
    TrainedNetwork check(Model network) {
        TrainedNetwork trained = NetworkCheck.parameters(network);
        if (sharing()) {
            NetworkCheck.gradients(trained);
        }
        return trained;
    }

    /** The arguments of a join that carries these terms. */
    WorkerBuilder worker(JobAddress address, Method method, TrainedNetwork network) {
        UpdateLayout layout = layout(method, network);
        return Worker.builder(address, layout.dimension(), method).layout(layout).agreement(agreement());
    }

    /** The arguments of the same join where members are threads of this JVM. */
    LocalJob.Joining member(LocalJob job, Method method, TrainedNetwork network) {
        return job.member(layout(method, network)).agreement(agreement());
    }

    /** How updates travel: parameters by the rules, the updater's state raw. */
    UpdateLayout layout(Method method, TrainedNetwork network) {
        UpdateLayout parameters = rules.layout(network.model(), method);
        Optional<FlatArray> state = averageUpdaters ? network.updater() : Optional.empty();
        if (state.isEmpty()) {
            return parameters;
        }
        List<Part> parts = new ArrayList<>(parameters.parts());
        parts.add(new Part("updater", parameters.dimension(), Math.toIntExact(state.get().length()),
                Optional.of(new None())));
        return UpdateLayout.of(parts);
    }

    /** The same text on all members. */
    private String agreement() {
        return sharing() ? "gradient sharing"
                : "parameter averaging every " + averagingFrequency + " steps"
                        + (averageAtEpochEnd ? " and at the end of each epoch" : "")
                        + (averageUpdaters ? ", updaters included" : "");
    }

    EdenListener listener(Exchange exchange) {
        EdenListener listener = sharing() ? new GradientSharing(exchange)
                : new ParameterAveraging(exchange, averagingFrequency, averageUpdaters);
        return averageAtEpochEnd ? listener.averageAtEpochEnd() : listener;
    }
}
