package org.eden4j.simulator.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The range of an axis and its tick labels, as many as fit.
 *
 * <p>A linear axis has multiples of 1, 2 or 5 times a power of ten. A logarithmic one has, in each power of ten, the
 * numbers 1 to 9, or 1, 2 and 5, or 1 and 3, or 1 alone, or every second, third, .. power of ten. If the data have few
 * distinct numbers, these are the labels: 128, 512, 2048.
 *
 * @param low start of the axis
 * @param high end of the axis
 * @param marks labelled numbers, ascending
 */
record Ticks(boolean logarithmic, double low, double high, List<Mark> marks) {
    private static final int[][] DIGITS = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5}, {1, 3}, {1}};
    private static final int MOST_DATA = 12;
    private static final int MOST_DECADES = 400;
    private static final int MOST_MULTIPLES = 8;
    /** Distance of the start of an axis from the data, as a share of its length. */
    private static final double MARGIN = .03;

    /** A labelled number on an axis. */
    record Mark(double value, String label) {}

    Ticks {
        marks = List.copyOf(marks);
    }

    /**
     * Chooses the ticks.
     *
     * @param data the numbers shown, at least one
     * @param size length of the axis in pixels
     * @param gap smallest distance between two labels in pixels
     * @param atData whether labels may be at the numbers of the data
     */
    static Ticks of(Axis axis, double[] data, double size, double gap, boolean atData) {
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : data) {
            least = Math.min(least, value);
            largest = Math.max(largest, value);
        }
        return axis.logarithmic()
                ? logarithmic(data, least, largest, size, gap, atData)
                : linear(least, largest, Math.max(2, size / gap / 1.3));
    }

    private static Ticks linear(double least, double largest, double most) {
        double low = least == largest ? least - Math.max(1, Math.abs(least)) / 2 : least;
        double high = least == largest ? largest + Math.max(1, Math.abs(largest)) / 2 : largest;
        double step = niceStep((high - low) / most);
        long first = (long) Math.floor(low / step + 1e-9);
        long last = (long) Math.ceil(high / step - 1e-9);
        List<Mark> marks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            marks.add(new Mark(i * step, label(i * step)));
        }
        return new Ticks(false, first * step, last * step, marks);
    }

    /** Returns the smallest of 1, 2 and 5 times a power of ten that is not below {@code atLeast}. */
    private static double niceStep(double atLeast) {
        double decade = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (int digit : new int[]{1, 2, 5}) {
            if (digit * decade >= atLeast * (1 - 1e-9)) {
                return digit * decade;
            }
        }
        return 10 * decade;
    }

    private static Ticks logarithmic(double[] data, double least, double largest, double size, double gap,
            boolean atData) {
        double span = Math.max(Math.log10(largest / least), .3);
        double middle = (Math.log10(largest) + Math.log10(least)) / 2;
        double low = Math.pow(10, middle - span * (.5 + MARGIN));
        double high = Math.pow(10, middle + span * (.5 + MARGIN));
        double pixels = size / Math.log10(high / low);
        List<Mark> marks = atData ? distinct(data) : List.of();
        if (marks.isEmpty() || marks.size() > MOST_DATA || narrowest(marks, pixels) < gap) {
            marks = decades(low, high, pixels, gap);
        }
        return new Ticks(true, low, high, marks);
    }

    private static List<Mark> distinct(double[] data) {
        return Arrays.stream(data).sorted().distinct().mapToObj(x -> new Mark(x, label(x))).toList();
    }

    private static double narrowest(List<Mark> marks, double pixelsPerDecade) {
        double narrowest = Double.POSITIVE_INFINITY;
        for (int i = 1; i < marks.size(); i++) {
            narrowest = Math.min(narrowest,
                    Math.log10(marks.get(i).value / marks.get(i - 1).value) * pixelsPerDecade);
        }
        return narrowest;
    }

    private static List<Mark> decades(double low, double high, double pixels, double gap) {
        int first = (int) Math.floor(Math.log10(low));
        int last = (int) Math.ceil(Math.log10(high));
        for (int[] digits : DIGITS) {
            List<Mark> marks = decades(first, last, 1, digits, low, high);
            if (marks.size() > 1 && narrowest(marks, pixels) >= gap) {
                return marks;
            }
        }
        for (int step = 2; step < MOST_DECADES; step++) {
            List<Mark> marks = decades(Math.floorDiv(first, step) * step, last, step, new int[]{1}, low, high);
            if (marks.size() > 1 && narrowest(marks, pixels) >= gap) {
                return marks;
            }
        }
        return multiples(low, high, pixels, gap);
    }

    /**
     * Handles ranges within a power of ten on a small chart: multiples of a round number, or the smallest and the
     * largest of many.
     */
    private static List<Mark> multiples(double low, double high, double pixels, double gap) {
        for (int most = MOST_MULTIPLES; most > 1; most--) {
            List<Mark> marks = multiples(low, high, niceStep((high - low) / most));
            if (marks.size() > 1 && narrowest(marks, pixels) >= gap) {
                return marks;
            }
        }
        List<Mark> all = multiples(low, high, niceStep((high - low) / MOST_MULTIPLES));
        return List.of(all.getFirst(), all.getLast());
    }

    private static List<Mark> multiples(double low, double high, double step) {
        List<Mark> marks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
            marks.add(new Mark(i * step, label(i * step)));
        }
        return marks;
    }

    private static List<Mark> decades(int first, int last, int step, int[] digits, double low, double high) {
        List<Mark> marks = new ArrayList<>();
        for (int decade = first; decade <= last; decade += step) {
            for (int digit : digits) {
                double value = Double.parseDouble(digit + "e" + decade);
                if (value >= low && value <= high) {
                    marks.add(new Mark(value, label(value)));
                }
            }
        }
        return marks;
    }

    /** Returns the position of a number between the ends of the axis, 0 to 1. */
    double position(double value) {
        return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    }

    /** Formats a number: at most six digits, with powers of ten if it is very small or very large. */
    static String label(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
        double magnitude = Math.abs(value);
        if (magnitude >= 1e-3 && magnitude < 1e6) {
            return rounded.toPlainString();
        }
        int exponent = rounded.precision() - rounded.scale() - 1;
        return rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
}
