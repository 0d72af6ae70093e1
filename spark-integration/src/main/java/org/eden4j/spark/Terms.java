package org.eden4j.spark;

import java.io.Serializable;
import java.time.Duration;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining;

/**
 * The terms of a training, the same for all its workers.
 *
 * @param workers members, each in a task of its own
 * @param batchSize examples in a step of a worker; 0 takes the data set's elements as they are
 * @param averagingFrequency steps between exchanges of parameter averaging, 0 for gradient sharing
 * @param averageUpdaters whether averaging includes the updater's state
 * @param method how updates travel
 * @param downlink how means travel
 * @param rules how the parameters of single layers travel
 * @param errorFeedback whether what compression leaves of an update is added to the next
 * @param epochs passes over the data
 * @param seed of rotations and of each worker's random numbers
 * @param deadline how long a round waits for its members
 * @param quorum members without which a round is tried again, 0 for half of them
 * @param insecure whether the aggregator may listen where a network reaches it
 */
record Terms(int workers, int batchSize, int averagingFrequency, boolean averageUpdaters, Method method,
        Method downlink, String rules, boolean errorFeedback, int epochs, long seed, Duration deadline, int quorum,
        boolean insecure) implements Serializable {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    boolean sharing() {
        return averagingFrequency == 0;
    }

    /** The seed of rotations in the fit of a number, from 0: the terms' own in the first. */
    long jobSeed(int fit) {
        return seed + fit * GOLDEN;
    }

    Terms withEpochs(int epochs) {
        return new Terms(workers, batchSize, averagingFrequency, averageUpdaters, method, downlink, rules,
                errorFeedback, epochs, seed, deadline, quorum, insecure);
    }

    /** The terms of one member; where it joins is left open. */
    EdenTraining.Builder training(Model network) {
        EdenTraining.Builder training = EdenTraining.builder(network)
            .method(method.toString())
            .rules(rules)
            .averageUpdaters(averageUpdaters);
        if (sharing()) {
            training.gradientSharing();
        } else {
            training.averagingFrequency(averagingFrequency);
        }
        if (errorFeedback) {
            training.errorFeedback();
        }
        return insecure ? training.insecure() : training;
    }
}
