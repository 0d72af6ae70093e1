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
 * How a job trains: the settings that its members must agree on.
 *
 * @param averagingFrequency steps between two exchanges under parameter averaging, 0 for gradient sharing
 * @param averageUpdaters whether averaging includes the updater state
 * @param averageAtEpochEnd whether averaging also exchanges at the end of each epoch
 * @param rules the compression method of each parameter
 */
record TrainingTerms(int averagingFrequency, boolean averageUpdaters, boolean averageAtEpochEnd, LayerRules rules) {
    /** Terms of gradient sharing, which keeps updaters and epoch ends equal anyway. */
    static TrainingTerms sharing(LayerRules rules) {
        return new TrainingTerms(0, false, false, rules);
    }

    boolean sharing() {
        return averagingFrequency == 0;
    }

    /** Returns the network if it can take part, see {@link NetworkCheck}. */
    TrainedNetwork check(Model network) {
        TrainedNetwork trained = NetworkCheck.parameters(network);
        if (sharing()) {
            NetworkCheck.gradients(trained);
        }
        return trained;
    }

    /**
     * Returns the arguments of a join with these terms.
     *
     * @throws IllegalArgumentException if gradient sharing is to go through several shards
     */
    WorkerBuilder worker(JobAddress address, Method method, TrainedNetwork network) {
        int shards = address.shards().size();
        if (sharing() && shards > 1) {
            throw new IllegalArgumentException("gradient sharing needs a job with one aggregator, " + address + " has "
                    + shards + ": train by parameter averaging, or start one");
        }
        UpdateLayout layout = layout(method, network);
        return Worker.builder(address, layout.dimension(), method).layout(layout).agreement(agreement());
    }

    /** Returns the arguments of the same join for a member that is a thread of this JVM. */
    LocalJob.Joining member(LocalJob job, Method method, TrainedNetwork network) {
        return job.member(layout(method, network)).agreement(agreement());
    }

    /** Returns the layout of an update: parameters by the rules, the updater state raw. */
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

    /** Returns the text that the aggregator compares between members. */
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
