package org.eden4j.simulator.claims;

import java.math.BigDecimal;
import java.util.Locale;

/** A number stated in a text, in its unit: {@code %} or none. {@link #toString} returns what the text printed. */
sealed interface Stated {
    /** Returns the unit printed after the number, empty for a plain one. */
    String unit();

    /** A number such as {@code 9.17e-03}; it represents all numbers that print so. */
    static Stated value(String printed) {
        return new Value(printed, "");
    }

    /** A percentage such as {@code 0.13}. */
    static Stated percent(String printed) {
        return new Value(printed, "%");
    }

    /** The percentage by which two quantities differ, such as {@code -0.91}; the sign tells which is larger. */
    static Stated difference(String printed) {
        return new Difference(printed, "%");
    }

    /** Percentages between two bounds, as printed. */
    static Stated percentFrom(String low, String high) {
        return new Between(low, high, "%");
    }

    /** A plain number between two bounds. */
    static Stated from(String low, String high) {
        return new Between(low, high, "");
    }

    /** A percentage of at most a bound. */
    static Stated percentAtMost(String limit) {
        return new AtMost(limit, "%");
    }

    /** A plain number of at most a bound. */
    static Stated atMost(String limit) {
        return new AtMost(limit, "");
    }

    /**
     * One quantity is below another; measured is the percentage by which it exceeds the other.
     *
     * @param margin smallest difference that counts, in percent
     */
    static Stated below(double margin) {
        return new Below(margin);
    }

    /** Numbers about data that is not available. */
    static Stated words(String printed) {
        return new Words(printed);
    }

    /** Returns half a unit of the last printed digit, the error of rounding. */
    private static double halfUnit(String printed) {
        return new BigDecimal(printed).ulp().doubleValue() / 2;
    }

    private static String withUnit(String printed, String unit) {
        return unit.isEmpty() ? printed : printed + " " + unit;
    }

    /**
     * A number.
     *
     * @param printed its digits in the text
     * @param unit its unit
     */
    record Value(String printed, String unit) implements Stated {
        double value() {
            return Double.parseDouble(printed);
        }

        double halfUnit() {
            return Stated.halfUnit(printed);
        }

        @Override
        public String toString() {
            return withUnit(printed, unit);
        }
    }

    /**
     * A difference that may be zero.
     *
     * @param printed its digits in the text, with the sign
     * @param unit its unit
     */
    record Difference(String printed, String unit) implements Stated {
        Value number() {
            return new Value(printed, unit);
        }

        @Override
        public String toString() {
            return withUnit(printed, unit);
        }
    }

    /**
     * A number within bounds.
     *
     * @param low lower bound as printed
     * @param high upper bound as printed
     * @param unit unit of both
     */
    record Between(String low, String high, String unit) implements Stated {
        Value lower() {
            return new Value(low, unit);
        }

        Value upper() {
            return new Value(high, unit);
        }

        @Override
        public String toString() {
            return withUnit(low + " to " + high, unit);
        }
    }

    /**
     * A number up to a bound.
     *
     * @param limit bound as printed
     * @param unit its unit
     */
    record AtMost(String limit, String unit) implements Stated {
        double value() {
            return Double.parseDouble(limit);
        }

        @Override
        public String toString() {
            return "at most " + withUnit(limit, unit);
        }
    }

    /**
     * An order of two quantities.
     *
     * @param margin smallest difference that counts, in percent
     */
    record Below(double margin) implements Stated {
        @Override
        public String unit() {
            return "%";
        }

        @Override
        public String toString() {
            return margin == 0 ? "below" : String.format(Locale.ROOT, "below by more than %.0f %%", margin);
        }
    }

    /**
     * Numbers that cannot be compared with any measurement here.
     *
     * @param printed as in the text
     */
    record Words(String printed) implements Stated {
        @Override
        public String unit() {
            return "";
        }

        @Override
        public String toString() {
            return printed;
        }
    }
}
