package org.eden4j.simulator.claims;

import java.math.BigDecimal;
import java.util.Locale;

/** What a text says of a number, in the number's unit: {@code %} or none. {@link #toString} is what the text printed. */
sealed interface Stated {
    /** The unit that is printed after the number, empty for a plain one. */
    String unit();

    /** A number such as {@code 9.17e-03}; it stands for all numbers that print so. */
    static Stated value(String printed) {
        return new Value(printed, "");
    }

    /** A percentage such as {@code 0.13}. */
    static Stated percent(String printed) {
        return new Value(printed, "%");
    }

    /** By how many percent two things differ, such as {@code -0.91}: the sign says which is the larger one. */
    static Stated difference(String printed) {
        return new Difference(printed, "%");
    }

    /** Percentages from one bound to another, the bounds as printed. */
    static Stated percentFrom(String low, String high) {
        return new Between(low, high, "%");
    }

    /** A plain number from one bound to another. */
    static Stated from(String low, String high) {
        return new Between(low, high, "");
    }

    /** A percentage of no more than a bound. */
    static Stated percentAtMost(String limit) {
        return new AtMost(limit, "%");
    }

    /** A plain number of no more than a bound. */
    static Stated atMost(String limit) {
        return new AtMost(limit, "");
    }

    /**
     * One thing is below another; measured is by how many percent it is above it.
     *
     * @param margin the smallest difference that counts, in percent
     */
    static Stated below(double margin) {
        return new Below(margin);
    }

    /** Numbers about data that is not here. */
    static Stated words(String printed) {
        return new Words(printed);
    }

    /** Half of the last printed digit's place: what rounding hides. */
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
     * @param unit of it
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
     * A difference that may be none.
     *
     * @param printed its digits in the text, with the sign
     * @param unit of it
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
     * @param low the lower bound as printed
     * @param high the upper one
     * @param unit of both
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
     * @param limit the bound as printed
     * @param unit of it
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
     * An order.
     *
     * @param margin the smallest difference that counts, in percent
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
     * Numbers that nothing here can be compared with.
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
