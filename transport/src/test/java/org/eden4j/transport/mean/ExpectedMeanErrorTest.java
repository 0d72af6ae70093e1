package org.eden4j.transport.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
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
        return ExpectedMeanError
            .byBlock(FrameLayout.of(Method.parse(up), DIMENSION, FrameLayout.LARGEST_MTU).blocks(),
                    FrameLayout.of(Method.parse(down), DIMENSION, FrameLayout.LARGEST_MTU).blocks())[0]
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

    @Test
    void shouldTellTheMethodsOfEachPart() {
        UpdateLayout updates = UpdateLayout
            .parse("4096 eden:bits=1 W\n50 none b\n9 absent f\n4096 topk:fraction=0.1 V\n");
        UpdateLayout means = updates.downlink(Method.parse("eden:bits=1"), Method.parse("none"));
        ExpectedMeanError[] errors = ExpectedMeanError.byBlock(
                FrameLayout.of(updates, FrameLayout.LARGEST_MTU).blocks(),
                FrameLayout.of(means, FrameLayout.LARGEST_MTU).blocks());
        assertEquals(3, errors.length);
        assertEquals(of("eden:bits=1", 4096) / 2, errors[0].most(.5), 1e-15);
        assertEquals(0, errors[1].most(.5));
        assertTrue(Double.isNaN(errors[2].most(.5)));
    }

    /** Two parts with different methods up and the same one down: their blocks are alike in means but not in updates. */
    @Test
    void shouldTellPartsThatTravelBackAlike() {
        UpdateLayout updates = UpdateLayout.parse("8192 eden:bits=1 W\n4096 eden:bits=8 V\n");
        UpdateLayout means = updates.downlink(Method.parse("eden:bits=1"), Method.parse("eden:bits=8"));
        ExpectedMeanError[] errors = ExpectedMeanError.byBlock(
                FrameLayout.of(updates, FrameLayout.LARGEST_MTU).blocks(),
                FrameLayout.of(means, FrameLayout.LARGEST_MTU).blocks());
        double f = of("eden:bits=8", 4096);
        assertEquals(E + f * (1 + E), errors[0].most(1), 1e-15);
        assertEquals(f + f * (1 + f), errors[2].most(1), 1e-15);
    }
}
