package org.eden4j.simulator.input;

import org.eden4j.simulator.cli.TextConverter;

/**
 * How the vectors of the workers are related; the text form is what {@code --vectors} takes.
 *
 * <pre>
 * same             every worker has the same vector
 * independent      every worker has a draw of its own; inputs that are not random are the same all the same
 * correlated:RHO   sqrt(RHO) times a common draw plus sqrt(1 - RHO) times one of its own: correlation RHO between any two
 * </pre>
 */
public sealed interface Vectors {
    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException if it is none of the three
     */
    static Vectors parse(String text) {
        int colon = text.indexOf(':');
        return switch (colon < 0 ? text : text.substring(0, colon)) {
            case "same" -> new Same();
            case "independent" -> new Independent();
            case "correlated" -> new Correlated(InputText.value(colon < 0 ? null : text.substring(colon + 1)));
            default -> throw new IllegalArgumentException(
                    "vectors '" + text + "' are none of same, independent, correlated:RHO");
        };
    }

    /** One vector for all. */
    record Same() implements Vectors {
        @Override
        public String toString() {
            return "same";
        }
    }

    /** A draw for each. */
    record Independent() implements Vectors {
        @Override
        public String toString() {
            return "independent";
        }
    }

    /**
     * A common draw and one's own.
     *
     * @param rho the correlation of two workers' coordinates, 0 to 1
     */
    record Correlated(double rho) implements Vectors {
        public Correlated {
            if (!(rho >= 0 && rho <= 1)) {
                throw new IllegalArgumentException("the correlation must be from 0 to 1, got " + rho);
            }
        }

        @Override
        public String toString() {
            return "correlated:" + InputText.number(rho);
        }
    }

    /** Reads {@code --vectors}. */
    final class Converter extends TextConverter<Vectors> {
        public Converter() {
            super(Vectors::parse);
        }
    }
}
