package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Biased methods reach the solution of {@link LeastSquares} with error feedback but not without. The remaining squared
 * distance, relative to the start, is printed; the limits leave a factor of two to the results of the three problems.
 */
class ErrorFeedbackConvergenceTest {
    private static final int ROUNDS = 1000;

    @ParameterizedTest
    @CsvSource({"topk:fraction=0.05,0.0012,0.12", "topk:fraction=0.01,0.035,0.2", "signsgd,0.25,0.3",
            "threshold,0.0025,0.15"})
    void shouldConvergeWhereTheMethodAloneStalls(String text, double atMost, double atLeast) {
        compare(text, atMost, atLeast);
    }

    /**
     * Without error feedback it does not stall, since a uniform rotation only shrinks the mean of the estimate; its
     * noise remains.
     */
    @Test
    void shouldRemoveTheNoiseOfBiasedEden() {
        compare("eden:bits=1,scale=biased", 1e-4, 6e-4);
    }

    private static void compare(String text, double atMost, double atLeast) {
        Method method = Method.parse(text);
        for (long seed = 1; seed <= 3; seed++) {
            LeastSquares problem = new LeastSquares(seed);
            double with = problem.descend(method, true, ROUNDS);
            double without = problem.descend(method, false, ROUNDS);
            String result = "%s, problem %d: %.3g with error feedback, %.3g without".formatted(text, seed, with,
                    without);
            System.out.println(result);
            assertTrue(with <= atMost && without >= atLeast && with < without / 4,
                    result + "; expected at most " + atMost + " and at least " + atLeast);
        }
    }

    @Test
    void shouldBeNoUseToAMethodThatIsNoContraction() {
        // The error of one-bit stochastic quantization exceeds the norm of the vector, so the residual grows.
        Method method = Method.parse("sq:bits=1,rotate=true");
        LeastSquares problem = new LeastSquares(1);
        double alone = problem.descend(method, false, ROUNDS);
        assertTrue(alone < 0.1, "alone " + alone);
        assertThrows(NonFiniteGradientException.class, () -> problem.descend(method, true, ROUNDS));
    }
}
