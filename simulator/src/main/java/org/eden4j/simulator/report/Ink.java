package org.eden4j.simulator.report;

import java.util.List;

/**
 * A colour of a chart or page, for the light and the dark theme.
 *
 * @param name name of the CSS variable
 * @param light {@code #rrggbb} on white
 * @param dark {@code #rrggbb} on black
 */
record Ink(String name, String light, String dark) {
    static final Ink PAPER = new Ink("paper", "#ffffff", "#14171d");
    static final Ink TEXT = new Ink("ink", "#1f2430", "#e4e7ee");
    static final Ink SOFT = new Ink("soft", "#565d6b", "#a3abba");
    static final Ink GRID = new Ink("grid", "#dfe2e8", "#333945");
    static final Ink BAND = new Ink("band", "#f5f6f9", "#1c2028");
    private static final List<Ink> LINES = List.of(new Ink("line-1", "#1d6fd1", "#60a5fa"),
            new Ink("line-2", "#c2410c", "#fb923c"), new Ink("line-3", "#15803d", "#4ade80"),
            new Ink("line-4", "#7e22ce", "#c084fc"), new Ink("line-5", "#b91c1c", "#f87171"),
            new Ink("line-6", "#0f766e", "#2dd4bf"), new Ink("line-7", "#be185d", "#f472b6"),
            new Ink("line-8", "#a16207", "#facc15"), new Ink("line-9", "#4d5b6b", "#9ca3af"));

    /** Returns the colour of a line; colours repeat after nine, with other markers. */
    static Ink line(int index) {
        return LINES.get(index % LINES.size());
    }

    /** Returns the number of a line's marker, which changes when the colours repeat. */
    static int marker(int index) {
        return index + index / LINES.size();
    }

    /** Returns the CSS variables of all colours for one theme. */
    static String variables(boolean dark) {
        StringBuilder css = new StringBuilder();
        for (Ink ink : List.of(PAPER, TEXT, SOFT, GRID, BAND)) {
            ink.append(css, dark);
        }
        LINES.forEach(ink -> ink.append(css, dark));
        return css.toString();
    }

    private void append(StringBuilder css, boolean dark) {
        css.append("--").append(name).append(": ").append(dark ? this.dark : light).append("; ");
    }
}
