package org.eden4j.simulator.mean;

import org.eden4j.compressor.Method;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.process.AggregatorSettings;
import org.eden4j.simulator.process.JobSettings;
import org.eden4j.simulator.process.Joining;
import org.eden4j.transport.job.Shard;

/**
 * The settings of a run of {@code mean}.
 *
 * @param job aggregator and workers
 * @param dimension coordinates of a vector
 * @param draws vectors of the workers
 */
record MeanPlan(JobSettings job, int dimension, Draws draws) {
    /** Returns the method of updates as used for the dimension. */
    Method method() {
        return job.method().method().forDimension(dimension);
    }

    /** Returns the method of the mean as used for the dimension. */
    Method downlink() {
        return job.downlink().method().forDimension(dimension);
    }

    /** Returns the losses of the updates of this number of contributors. */
    ExpectedError.Uplink loss(int contributors) {
        return new ExpectedError.Uplink(contributors, job.loss().unreliable() ? job.loss().probability() : 0);
    }

    MeanWorker worker(int index) {
        return new MeanWorker(index, dimension, job.method().text(), job.downlink().text(), draws.input().toString(),
                draws.vectors().toString(), draws.fixed(), draws.seed(), job.identity(index), job.mtu(),
                job.loss().probability(), job.errorFeedback(), job.peers() ? hosted(index) : null);
    }

    private AggregatorSettings hosted(int index) {
        return AggregatorSettings.of(job, new Shard(index, job.shards()), "", dimension, Joining.LIMIT);
    }
}
