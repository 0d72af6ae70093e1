package org.eden4j.simulator.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.eden4j.compressor.BlockSeed;

/**
 * Repeats experiments on several threads. The seed of a run follows from the command's seed, the experiment's name and the
 * run's number, and results come back in the order of runs, so that the numbers do not depend on the threads.
 *
 * @param seed the command's seed
 * @param runs runs of each experiment
 * @param threads where they run
 */
record Laboratory(long seed, int runs, ExecutorService threads) {
    /** Sets the seeds of runs apart from those of other commands. */
    private static final long STREAM = 0x636C61696D730A01L;

    /**
     * One run of an experiment; must not share anything that changes with other runs.
     *
     * @param <T> what it measures
     */
    interface Experiment<T> {
        T run(long seed);
    }

    /** Runs an experiment {@link #runs} times. */
    <T> Runs<T> repeat(String name, Experiment<T> experiment) throws InterruptedException {
        return repeat(name, runs, experiment);
    }

    /** Runs an experiment so many times. */
    <T> Runs<T> repeat(String name, int times, Experiment<T> experiment) throws InterruptedException {
        List<Future<T>> running = new ArrayList<>();
        for (int run = 0; run < times; run++) {
            long runSeed = seedOf(name, run);
            running.add(threads.submit(() -> experiment.run(runSeed)));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> result : running) {
            results.add(done(result));
        }
        return new Runs<>(results);
    }

    /** The seed of a run. */
    long seedOf(String experiment, int run) {
        return BlockSeed.of(seed ^ STREAM, experiment.hashCode(), run, 0).own();
    }

    private static <T> T done(Future<T> result) throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
