package org.eden4j.simulator.advise;

/** Who talks to whom in a round. */
enum Topology {
    /** One aggregator on a host of its own. */
    STAR("star"),
    /** Every worker's host aggregates its share of the coordinates. */
    PEERS("peers"),
    /** A ring of workers without eden4j, each coordinate as a float of {@link RoundCost#bytesUp} over d bytes. */
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
