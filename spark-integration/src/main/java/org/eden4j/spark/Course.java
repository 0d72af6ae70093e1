package org.eden4j.spark;

import org.deeplearning4j.nn.api.Model;
import org.eden4j.dl4j.NetworkState;
import org.eden4j.dl4j.TrainedNetwork;

/** The network of a training and how far it has come, in this driver and, if there are checkpoints, in those before. Not thread-safe. */
final class Course {
    /** Null for none. */
    private final Checkpoints checkpoints;
    /** Epochs or rounds between checkpoints; 0 for none. */
    private final int every;
    private NetworkPlan plan;
    private Progress progress;

    private Course(Checkpoints checkpoints, int every, NetworkPlan plan, Progress progress) {
        this.checkpoints = checkpoints;
        this.every = every;
        this.plan = plan;
        this.progress = progress;
    }

    /** Starts without checkpoints. */
    static Course of(NetworkPlan plan, Exchange exchange) {
        return begin(plan, exchange, null, 0);
    }

    /**
     * Goes on from the last checkpoint, if there is one.
     *
     * @param every epochs between checkpoints, with {@link Exchange#SPARK} rounds
     */
    static Course of(NetworkPlan plan, Exchange exchange, Checkpoints checkpoints, int every) {
        return checkpoints.last(plan, exchange)
            .map(saved -> new Course(checkpoints, every, saved.plan(), saved.progress()))
            .orElseGet(() -> begin(plan, exchange, checkpoints, every));
    }

    private static Course begin(NetworkPlan plan, Exchange exchange, Checkpoints checkpoints, int every) {
        return new Course(checkpoints, every, plan, new Progress(exchange, 0, 0, 0, counters(plan)));
    }

    private static Counters counters(NetworkPlan plan) {
        Model network = plan.create();
        TrainedNetwork trained = new TrainedNetwork(network);
        return new Counters(trained.iteration(), trained.epoch());
    }

    NetworkPlan plan() {
        return plan;
    }

    Progress progress() {
        return progress;
    }

    /** Returns the epochs of the current fit that are to be trained. */
    int epochsLeft(int epochs) {
        return Math.max(0, epochs - progress.done());
    }

    /** Returns the number of epochs until the next checkpoint. */
    int nextEpochs(int epochs) {
        return every == 0 ? epochsLeft(epochs) : Math.min(every, epochsLeft(epochs));
    }

    /** Returns whether there is a checkpoint before a round. */
    boolean savesBefore(int round) {
        return every > 0 && round % every == 0;
    }

    /** Takes what a part of the current fit has learnt. */
    void endEpochs(NetworkState learnt, int epochs, int allEpochs) {
        plan = plan.with(learnt);
        progress = progress.afterEpochs(epochs);
        if (progress.done() < allEpochs) { // otherwise the end of the fit is saved
            save();
        }
    }

    /** Takes what has been learnt before a round of the current fit. */
    void beginRound(NetworkState learnt, int round) {
        plan = plan.with(learnt);
        progress = progress.beforeRound(round);
        save();
    }

    /** Takes what the last round of the current fit has learnt. */
    void endFit(NetworkState learnt) {
        plan = plan.with(learnt);
        endFit();
    }

    /** Ends the current fit. */
    void endFit() {
        progress = progress.afterFit(counters(plan));
        save();
    }

    private void save() {
        if (checkpoints != null) {
            checkpoints.write(plan, progress);
        }
    }
}
