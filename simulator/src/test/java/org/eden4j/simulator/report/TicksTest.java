package org.eden4j.simulator.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
    private static final Axis LINEAR = Axis.linear("x");
    private static final Axis LOGARITHMIC = Axis.logarithmic("x");

    private static List<String> labels(Ticks ticks) {
        return ticks.marks().stream().map(Ticks.Mark::label).toList();
    }

    @Test
    void shouldWriteRoundNumbersOnALinearAxis() {
        assertEquals(List.of("0", "2", "4", "6", "8"), labels(Ticks.of(LINEAR, new double[]{.3, 8}, 300, 50, false)));
        assertEquals(List.of("0.84", "0.85", "0.86"),
                labels(Ticks.of(LINEAR, new double[]{.8431, .8571}, 200, 60, false)));
    }

    @Test
    void shouldWriteTheDigitsThatFitOnALogarithmicAxis() {
        double[] data = {.0096, .571};
        assertEquals(List.of("0.01", "0.02", "0.05", "0.1", "0.2", "0.5"),
                labels(Ticks.of(LOGARITHMIC, data, 300, 30, false)));
        assertEquals(List.of("0.01", "0.1"), labels(Ticks.of(LOGARITHMIC, data, 100, 45, false)));
        assertEquals(List.of("1e-6", "0.001", "1"),
                labels(Ticks.of(LOGARITHMIC, new double[]{5e-7, 2}, 200, 60, false)));
        assertEquals(List.of("3", "4", "5"), labels(Ticks.of(LOGARITHMIC, new double[]{2.7, 5.1}, 400, 40, false)));
    }

    @Test
    void shouldWriteTheDataWhereTheyAreFew() {
        double[] powers = {128, 512, 2048, 8192};
        assertEquals(List.of("128", "512", "2048", "8192"), labels(Ticks.of(LOGARITHMIC, powers, 600, 50, true)));
        assertEquals(List.of("200", "500", "1000", "2000", "5000"),
                labels(Ticks.of(LOGARITHMIC, powers, 600, 50, false)));
    }

    /** There are at least two labels, none outside, none closer than requested, whatever the data. */
    @Test
    void shouldAlwaysHaveReadableLabels() {
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 5000; trial++) {
            double low = Math.pow(10, random.nextDouble(-12, 12));
            double[] data = {low, low * Math.pow(10, random.nextInt(4) == 0 ? 0 : random.nextDouble(0, 14))};
            int size = random.nextInt(180, 900);
            Ticks ticks = Ticks.of(LOGARITHMIC, data, size, 48, false);
            String what = low + " to " + data[1] + " on " + size + ": " + ticks;
            assertTrue(ticks.low() < data[0] && ticks.high() > data[1], what);
            assertTrue(ticks.marks().size() >= 2, what);
            double last = Double.NEGATIVE_INFINITY;
            for (Ticks.Mark mark : ticks.marks()) {
                double position = ticks.position(mark.value()) * size;
                assertTrue(position >= 0 && position <= size && position - last >= 47.9, what);
                last = position;
            }
        }
    }

    @Test
    void shouldHaveARangeForOneNumber() {
        for (Axis axis : List.of(LINEAR, LOGARITHMIC)) {
            Ticks ticks = Ticks.of(axis, new double[]{7}, 300, 50, true);
            assertTrue(ticks.low() < 7 && ticks.high() > 7 && !ticks.marks().isEmpty(), ticks.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.001, 0.001", "0.0001, 1e-4", "-0.00025, -2.5e-4", "65536, 65536", "1000000, 1e6",
            "25000000, 2.5e7", "0.00959123456, 0.00959123"})
    void shouldWriteNumbersAsPeopleDo(double value, String label) {
        assertEquals(label, Ticks.label(value));
    }
}
