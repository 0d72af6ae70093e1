package org.eden4j.simulator.claims;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the runs of one experiment have measured, in their order.
 *
 * @param results of each run
 * @param <T> a run's result
 */
record Runs<T>(List<T> results) {
    Runs {
        results = List.copyOf(results);
    }

    /** A number of each run, where a run has the size of the text's own. */
    Measured likeTheText(ToDoubleFunction<T> number) {
        return Measured.likeTheText(numbers(number));
    }

    /** A number of each run, where the text's own size is another or unknown. */
    Measured mean(ToDoubleFunction<T> number) {
        return Measured.mean(numbers(number));
    }

    private double[] numbers(ToDoubleFunction<T> number) {
        return results.stream().mapToDouble(number).toArray();
    }
}
