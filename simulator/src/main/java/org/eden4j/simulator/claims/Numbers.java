package org.eden4j.simulator.claims;

import java.util.Locale;

/** Formats numbers for readers, with as many digits as their errors justify. */
final class Numbers {
    private static final int DIGITS = 4;
    private static final int MOST_DIGITS = 7;

    private Numbers() {}

    /**
     * Formats a value to the second digit of its standard error, with the error and the unit: {@code 1.772 ± 0.015 %}.
     */
    static String withError(Measured measured, String unit) {
        if (!Double.isFinite(measured.value())) {
            return "";
        }
        String error = measured.standardError() > 0 ? " ± " + number(measured.standardError(), 2) : "";
        return number(measured.value(), digits(measured)) + error + (unit.isEmpty() ? "" : " " + unit);
    }

    /** Returns the number of digits; four if there is no error. */
    private static int digits(Measured measured) {
        if (!(measured.standardError() > 0) || measured.value() == 0) {
            return DIGITS;
        }
        double orders = Math.floor(Math.log10(Math.abs(measured.value())))
                - Math.floor(Math.log10(measured.standardError()));
        return Math.clamp((long) orders + 2, 2, MOST_DIGITS);
    }

    static String number(double value) {
        return number(value, DIGITS);
    }

    /** Formats a number with this number of significant digits. */
    static String number(double value, int digits) {
        double magnitude = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (magnitude < 1e-3 || magnitude >= 1e5) {
            return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
        }
        int decimals = Math.max(0, digits - 1 - (int) Math.floor(Math.log10(magnitude)));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
