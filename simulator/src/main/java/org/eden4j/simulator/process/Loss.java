package org.eden4j.simulator.process;

import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.InjectedLoss;

/**
 * The datagrams that the network of a job loses.
 *
 * @param probability that a datagram is lost, in both directions
 * @param unreliable whether updates that are lost are not repeated: each costs its blocks one contribution
 */
public record Loss(double probability, boolean unreliable) {
    /** Nothing is lost. */
    public static final Loss NONE = new Loss(0, false);

    /** The MTU where none is asked for: networks that lose have Ethernet's, and lose one frame at a time. */
    static final int MTU = Connection.NETWORK_MTU;

    /** Sets members' draws apart. */
    private static final int MEMBER_BITS = 16;

    public Loss {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("--loss must be in [0, 1), got " + probability);
        }
    }

    /** Returns whether these losses require a network. */
    boolean needsNetwork() {
        return probability > 0 || unreliable;
    }

    /**
     * Returns the losses of the datagrams sent to one member.
     *
     * @param seed the job's
     * @param member a worker's number, or -1 - k for the aggregator of shard k
     */
    public static InjectedLoss of(double probability, long seed, int member) {
        return new InjectedLoss(probability, (seed << MEMBER_BITS) + member);
    }
}
