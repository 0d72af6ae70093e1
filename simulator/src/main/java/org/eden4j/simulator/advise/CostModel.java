package org.eden4j.simulator.advise;

/**
 * The time of a round, determined by the load of the busiest link and the busiest processor. With n workers, updates of
 * U and means of D bytes on the wire, links of B bytes per second in each direction, and encoders and decoders that
 * take e_u, d_u, e_d and d_d seconds on one of a host's P processors:
 *
 * <pre>
 * star:        max(n U / B, n D / B, n d_u + e_d) + (e_u + d_d) / P
 * peers:       max((n - 1) / n (U + D) / B, (n d_u + e_d) / n) + (e_u + d_d) / P
 * all-reduce:  2 (n - 1) / n U / B
 * </pre>
 *
 * <p>The two directions of the star overlap, since a block's mean is sent as soon as its last contribution has arrived;
 * the aggregator adds in one thread. A peer sends its share of the means over the same link as its updates. A ring
 * sends every coordinate twice, less the part that stays; its additions are free. A step is {@code step} seconds of
 * computation and a round. Latency and retransmissions are ignored.
 *
 * @param workers number of workers, each on its own host
 * @param processors processors of a host that a worker may use to encode and decode
 * @param step seconds of computation between rounds
 */
record CostModel(int workers, int processors, double step) {
    private static final double SLOWEST = 1e4;
    private static final double FASTEST = 1e13;

    CostModel {
        if (workers < 1 || processors < 1 || !(step >= 0)) {
            throw new IllegalArgumentException(
                    "workers and processors must be at least 1 and the step not negative, got "
                            + workers + ", " + processors + " and " + step);
        }
    }

    /** Returns the seconds of a round over links of this rate. */
    double round(Topology topology, RoundCost cost, double bitsPerSecond) {
        double bytes = bitsPerSecond / Byte.SIZE;
        double ownTime = (cost.encodeUp() + cost.decodeDown()) / processors;
        double adding = workers * cost.decodeUp() + cost.encodeDown();
        double away = (workers - 1.0) / workers;
        return switch (topology) {
            case STAR -> Math.max(workers * Math.max(cost.bytesUp(), cost.bytesDown()) / bytes, adding) + ownTime;
            case PEERS -> Math.max(away * (cost.bytesUp() + cost.bytesDown()) / bytes, adding / workers) + ownTime;
            case RING -> 2 * away * cost.bytesUp() / bytes;
        };
    }

    /** Returns the seconds of a step. */
    double step(Topology topology, RoundCost cost, double bitsPerSecond) {
        return step + round(topology, cost, bitsPerSecond);
    }

    /**
     * Returns the rate of links, in bits per second, up to which one topology is faster than another that is faster
     * over fast links; 0 if it never is, infinity if it always is.
     */
    double crossover(Topology topology, RoundCost cost, Topology other, RoundCost otherCost) {
        double low = SLOWEST;
        double high = FASTEST;
        if (round(topology, cost, low) >= round(other, otherCost, low)) {
            return 0;
        }
        if (round(topology, cost, high) < round(other, otherCost, high)) {
            return Double.POSITIVE_INFINITY;
        }
        while (high / low > 1.0001) {
            double middle = Math.sqrt(low * high);
            if (round(topology, cost, middle) < round(other, otherCost, middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
