package org.eden4j.simulator.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MomentsTest {
    @Test
    void shouldEqualTwoPassesHoweverTheNumbersAreGrouped() {
        SplittableRandom random = new SplittableRandom(3);
        double[] numbers = random.doubles(101).map(x -> 1e6 + x).toArray();
        double mean = 0;
        for (double x : numbers) {
            mean += x / numbers.length;
        }
        double squares = 0;
        for (double x : numbers) {
            squares += (x - mean) * (x - mean);
        }
        Moments merged = new Moments();
        Moments part = new Moments();
        for (int i = 0; i < numbers.length; i++) {
            part.add(numbers[i]);
            if (i % 17 == 0) {
                merged.merge(part);
                part = new Moments();
            }
        }
        merged.merge(part);
        assertEquals(numbers.length, merged.count());
        assertEquals(mean, merged.mean(), 1e-8);
        assertEquals(Math.sqrt(squares / (numbers.length - 1) / numbers.length), merged.standardError(), 1e-9);
    }

    @Test
    void shouldHaveNoStandardErrorOfOneNumber() {
        Moments moments = new Moments();
        moments.add(3);
        assertTrue(Double.isNaN(moments.standardError()));
    }
}
