package org.eden4j.simulator.claims;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The results of the runs of one experiment, in order.
 *
 * @param results result of each run
 * @param <T> type of a result
 */
record Runs<T>(List<T> results) {
    Runs {
        results = List.copyOf(results);
    }

    /** Measures a number whose runs have the size used in the text. */
    Measured likeTheText(ToDoubleFunction<T> number) {
        return Measured.likeTheText(numbers(number));
    }

    /** Measures a number for which the size in the text differs or is unknown. */
    Measured mean(ToDoubleFunction<T> number) {
        return Measured.mean(numbers(number));
    }

    private double[] numbers(ToDoubleFunction<T> number) {
        return results.stream().mapToDouble(number).toArray();
    }
}
