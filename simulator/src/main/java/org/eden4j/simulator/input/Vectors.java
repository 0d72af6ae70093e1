package org.eden4j.simulator.input;

import org.eden4j.simulator.cli.TextConverter;

/**
 * The relation between the vectors of the workers; {@code --vectors} takes the text form.
 *
 * <pre>
 * same             every worker has the same vector
 * independent      every worker draws its own vector; deterministic inputs are the same nevertheless
 * correlated:RHO   sqrt(RHO) times a common draw plus sqrt(1 - RHO) times a draw per worker: correlation RHO between any two
 * </pre>
 */
public sealed interface Vectors {
    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException if it is not one of the three
     */
    static Vectors parse(String text) {
        int colon = text.indexOf(':');
        return switch (colon < 0 ? text : text.substring(0, colon)) {
            case "same" -> new Same();
            case "independent" -> new Independent();
            case "correlated" -> new Correlated(InputText.value(colon < 0 ? null : text.substring(colon + 1)));
            default -> throw new IllegalArgumentException(
                    "vectors must be same, independent or correlated:RHO, got '" + text + "'");
        };
    }

    /** One vector for all workers. */
    record Same() implements Vectors {
        @Override
        public String toString() {
            return "same";
        }
    }

    /** One draw per worker. */
    record Independent() implements Vectors {
        @Override
        public String toString() {
            return "independent";
        }
    }

    /**
     * A common draw and one per worker.
     *
     * @param rho correlation of two workers' coordinates, from 0 to 1
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
