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

    private static OptionalDouble expected(String method, String downlink, int contributors, double energy,
            double ofMean) {
        return ExpectedError.nmse(Method.parse(method), Method.parse(downlink), contributors,
                new ReferenceMean.Energy(energy, ofMean));
    }
}
