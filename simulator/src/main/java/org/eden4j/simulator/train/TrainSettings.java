package org.eden4j.simulator.train;

import java.time.Duration;
import java.util.Set;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TrainingPlan;
import org.eden4j.simulator.process.JobSettings;

/**
 * One training run.
 *
 * @param job its aggregator and workers
 * @param mode what they exchange
 * @param model the network
 * @param quick whether the short plan is taken
 * @param every steps between exchanges, 0 for the plan's
 * @param epochs passes over the images, 0 for the plan's
 * @param data {@code builtin} or a directory
 * @param rules how parameters travel, after the standard rules
 * @param averageUpdaters whether averaging includes the updater's state
 * @param kill whose processes are killed
 * @param killEvery time between two kills
 * @param dump directory for the first worker's gradients, empty for none
 */
record TrainSettings(JobSettings job, Mode mode, ImageModel model, boolean quick, int every, int epochs, String data,
        String rules, boolean averageUpdaters, Set<Killer.Role> kill, Duration killEvery, String dump) {
    TrainSettings {
        kill = Set.copyOf(kill);
        if (!kill.isEmpty() && job.threads()) {
            throw new IllegalArgumentException("--kill needs processes, leave out --threads-only");
        }
        if (averageUpdaters && mode == Mode.sharing) {
            throw new IllegalArgumentException("--average-updaters is for --mode averaging: by sharing they are equal");
        }
        if (mode == Mode.sharing && job.shards() > 1) {
            throw new IllegalArgumentException(
                    "--shards " + job.shards() + " is for --mode averaging: what sharing has in "
                            + "common goes through one aggregator");
        }
        if (every < 0) {
            throw new IllegalArgumentException("--every must be at least 1, got " + every);
        }
        if (epochs < 0) {
            throw new IllegalArgumentException("--epochs must be at least 1, got " + epochs);
        }
    }

    /** The plan that follows. */
    TrainingPlan plan() {
        return TrainingPlan.of(model, quick, every, epochs);
    }

    TrainWorker worker(int index) {
        return new TrainWorker(index, job.workers(), job.method().text(), job.downlink().text(), job.mtu(), mode.name(),
                model.toString(),
                quick,
                every, epochs, data, job.seed(), job.identity(index), job.errorFeedback(), rules, averageUpdaters,
                index == 0 ? dump : "");
    }
}
