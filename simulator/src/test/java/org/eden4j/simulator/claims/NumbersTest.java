package org.eden4j.simulator.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void shouldShowAsManyDigitsAsTheErrorLeaves() {
        assertEquals("1.772 ± 0.015 %", Numbers.withError(new Measured(1.77231, .01506, 0), "%"));
        assertEquals("1.008321 ± 3.7e-05", Numbers.withError(new Measured(1.0083211, .0000372, 0), ""));
        assertEquals("3.9504e-05 ± 3.1e-08", Numbers.withError(new Measured(3.95041e-5, 3.1e-8, 0), ""));
        assertEquals("-0.11 ± 0.12 %", Numbers.withError(new Measured(-.1113, .12, 0), "%"));
        assertEquals("0.5102", Numbers.withError(Measured.exact(25 / 49.0), ""));
        assertEquals("", Numbers.withError(new Measured(Double.NaN, Double.NaN, 0), ""));
        assertEquals("0", Numbers.number(0));
    }
}
