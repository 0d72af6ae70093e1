package org.eden4j.transport.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Test;

class ExpectedMeanErrorTest {
    private static final int DIMENSION = 4096 + 200;
    private static final double E = of("eden:bits=1", 4096);
    private static final double BIASED = of("eden:bits=1,scale=biased", 4096);

    private static double of(String method, int length) {
        return Method.parse(method).expectedError(length).orElseThrow();
    }

    private static double most(String up, String down, double largestShare) {
        return ExpectedMeanError.of(FrameLayout.of(Method.parse(up), DIMENSION, FrameLayout.LARGEST_MTU),
                FrameLayout.of(Method.parse(down), DIMENSION, FrameLayout.LARGEST_MTU))
            .most(largestShare);
    }

    @Test
    void shouldTakeTheUplinksErrorByTheLargestShareOfWeight() {
        assertEquals(E / 4, most("eden:bits=1", "none", .25), 1e-15);
        assertEquals(E, most("eden:bits=1", "none", 1), 1e-15);
        assertEquals(0, most("none", "none", .5));
    }

    @Test
    void shouldPassTheNoisyMeanThroughTheDownlink() {
        assertEquals(E / 4 + E * (1 + E / 4), most("eden:bits=1", "eden:bits=1", .25), 1e-15);
    }

    @Test
    void shouldNotAverageErrorsThatMayPointTheSameWay() {
        assertEquals(BIASED, most("eden:bits=1,scale=biased", "none", .25), 1e-12);
        double root = 1 + Math.sqrt(BIASED);
        assertEquals(BIASED + E * root * root, most("eden:bits=1,scale=biased", "eden:bits=1", .25), 1e-12);
        double down = Math.sqrt(E / 4) + Math.sqrt(BIASED * (1 + E / 4));
        assertEquals(down * down, most("eden:bits=1", "eden:bits=1,scale=biased", .25), 1e-12);
    }

    @Test
    void shouldNotKnowWhatDependsOnTheInput() {
        assertTrue(Double.isNaN(most("topk:fraction=0.05", "none", .25)));
        assertTrue(Double.isNaN(most("eden:bits=1", "terngrad", .25)));
    }
}
