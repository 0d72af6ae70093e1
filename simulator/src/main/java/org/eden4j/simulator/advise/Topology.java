package org.eden4j.simulator.advise;

/** The connections between members in a round. */
enum Topology {
    /** One aggregator on its own host. */
    STAR("star"),
    /** Every worker's host aggregates its share of the coordinates. */
    PEERS("peers"),
    /** A ring of workers without eden4j; each coordinate takes {@link RoundCost#bytesUp} / d bytes. */
    RING("all-reduce");

    private final String text;

    Topology(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
