package org.eden4j.simulator.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.eden4j.compressor.BlockSeed;

/**
 * Repeats experiments on several threads. The seed of a run follows from the seed of the command, the name of the
 * experiment and the number of the run, and results are returned in the order of runs, so the numbers do not depend on
 * the threads.
 *
 * @param seed seed of the command
 * @param runs number of runs of each experiment
 * @param threads threads that execute the runs
 */
record Laboratory(long seed, int runs, ExecutorService threads) {
    /** Separates the seeds of runs from those of other commands. */
    private static final long STREAM = 0x636C61696D730A01L;

    /**
     * One run of an experiment; must not share mutable state with other runs.
     *
     * @param <T> type of the result
     */
    interface Experiment<T> {
        T run(long seed);
    }

    /** Runs an experiment {@link #runs} times. */
    <T> Runs<T> repeat(String name, Experiment<T> experiment) throws InterruptedException {
        return repeat(name, runs, experiment);
    }

    /** Runs an experiment {@code times} times. */
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

    /** Returns the seed of a run. */
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
