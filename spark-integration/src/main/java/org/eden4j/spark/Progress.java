package org.eden4j.spark;

import java.util.Properties;

/**
 * The state of a training between two parts of it, network excluded.
 *
 * @param exchange on which the unit of {@code done} depends
 * @param fits calls of {@code fit} that have ended
 * @param parts jobs that have ended, from whose number the seeds of the next one follow
 * @param done what has been trained of the next fit: epochs, with {@link Exchange#SPARK} rounds
 * @param start the network's counters at the beginning of that fit
 */
record Progress(Exchange exchange, int fits, int parts, int done, Counters start) {
    /** Returns the state after another part of the current fit. */
    Progress afterEpochs(int epochs) {
        return new Progress(exchange, fits, parts + 1, done + epochs, start);
    }

    /** Returns the state before a round of the current fit. */
    Progress beforeRound(int round) {
        return new Progress(exchange, fits, parts, round, start);
    }

    /**
     * Returns the state after the current fit.
     *
     * @param counters of the network
     */
    Progress afterFit(Counters counters) {
        return new Progress(exchange, fits + 1, exchange == Exchange.SPARK ? parts + 1 : parts, 0, counters);
    }

    Properties toProperties() {
        Properties properties = new Properties();
        properties.setProperty("exchange", exchange.name());
        properties.setProperty("fits", String.valueOf(fits));
        properties.setProperty("parts", String.valueOf(parts));
        properties.setProperty("done", String.valueOf(done));
        properties.setProperty("startIteration", String.valueOf(start.iteration()));
        properties.setProperty("startEpoch", String.valueOf(start.epoch()));
        return properties;
    }

    /**
     * Reads {@link #toProperties}.
     *
     * @throws IllegalArgumentException if a value is missing or invalid, with its name
     */
    static Progress of(Properties properties) {
        String exchange = properties.getProperty("exchange", "");
        for (Exchange known : Exchange.values()) {
            if (known.name().equals(exchange)) {
                return new Progress(known, number(properties, "fits"), number(properties, "parts"),
                        number(properties, "done"),
                        new Counters(number(properties, "startIteration"), number(properties, "startEpoch")));
            }
        }
        throw new IllegalArgumentException("exchange is '" + exchange + "'");
    }

    private static int number(Properties properties, String name) {
        String value = properties.getProperty(name, "");
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + value + "'", e);
        }
        throw new IllegalArgumentException(name + " is '" + value + "'");
    }
}
