package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;

class ExpectedErrorTest {
    @Test
    void shouldDivideTheUplinksErrorByTheContributors() {
        double v = Math.PI / 2 - 1;
        assertEquals(v / 4, expected("drive", "none", 4, 2, 1).orElseThrow(), 1e-9);
    }

    @Test
    void shouldPassTheNoisyMeanThroughTheDownlink() {
        double v = Math.PI / 2 - 1;
        // |mean|^2 is half of mean |x|^2, the uplink adds v/4
        assertEquals(v / 4 + v * (.5 + v / 4), expected("drive", "eden:bits=1", 4, 2, 1).orElseThrow(), 1e-9);
    }

    @Test
    void shouldHaveNoClosedFormForBiasedMethods() {
        assertTrue(expected("eden:bits=4,scale=biased", "none", 4, 1, 1).isEmpty());
        assertTrue(expected("turboquant-mse:bits=4", "eden:bits=8", 4, 1, 1).isEmpty());
        assertTrue(expected("eden:bits=4", "matched-norm:bits=8", 4, 1, 1).isEmpty());
        assertTrue(expected("float16", "none", 4, 1, 1).isEmpty());
        assertTrue(expected("drive", "none", 4, 0, 0).isEmpty());
    }

    @Test
    void shouldKnowABiasedMethodsErrorWhereNothingIsAveraged() {
        assertEquals(1 - 2 / Math.PI, expected("eden:bits=1,scale=biased", "none", 1, 3, 3).orElseThrow(), 1e-9);
    }

    @Test
    void shouldTakeTheMeanInverseOfThoseThatDeliver() {
        assertEquals(.25, new ExpectedError.Uplink(4, 0).meanInverse(), 1e-15);
        assertEquals(1, new ExpectedError.Uplink(1, .3).meanInverse(), 1e-15);
        // k = 1 with 2 * .8 * .2, k = 2 with .64, given that k is not 0
        assertEquals((.32 + .32) / .96, new ExpectedError.Uplink(2, .2).meanInverse(), 1e-12);
        double exact = 0;
        double[] ways = {1, 4, 6, 4, 1};
        for (int k = 1; k <= 4; k++) {
            exact += ways[k] * Math.pow(.8, k) * Math.pow(.2, 4 - k) / k;
        }
        assertEquals(exact / (1 - Math.pow(.2, 4)), new ExpectedError.Uplink(4, .2).meanInverse(), 1e-12);
    }

    @Test
    void shouldAddWhatLossCosts() {
        double v = Math.PI / 2 - 1;
        double inverse = new ExpectedError.Uplink(4, .2).meanInverse();
        assertEquals(v * inverse, lossy(1, 0), 1e-9);
        assertEquals((1 + v) * inverse - .25, lossy(.25, 0), 1e-9);
        assertEquals(.9 * v * inverse + .1, lossy(1, .1), 1e-9);
    }

    private static double lossy(double ofMean, double nobody) {
        return ExpectedError.nmse(Method.parse("drive"), Method.parse("none"), new ExpectedError.Uplink(4, .2),
                new ReferenceMean.Energy(1, ofMean, nobody))
            .orElseThrow();
    }

    private static OptionalDouble expected(String method, String downlink, int contributors, double energy,
            double ofMean) {
        return ExpectedError.nmse(Method.parse(method), Method.parse(downlink),
                new ExpectedError.Uplink(contributors, 0), new ReferenceMean.Energy(energy, ofMean, 0));
    }
}
