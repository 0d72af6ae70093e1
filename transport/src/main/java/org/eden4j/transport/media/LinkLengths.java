package org.eden4j.transport.media;

/**
 * The lengths of a link's log buffers and windows. All members compute the same lengths from common settings.
 *
 * <pre>
 * term     2 MiB / S for S shards, rounded up to a power of two; at least 256 KiB, and 8 MTU
 * window   at most half a term where no network is crossed, otherwise 256 KiB / S, at most 128 KiB, at least 16 KiB and an MTU
 * </pre>
 *
 * <p>A worker has one link per shard. If workers host the shards, each of their processes has one per worker and shard:
 * logs and windows of fixed length would take memory, and room in the queues of switches, in proportion to their
 * number. A window of 128 KiB suffices for 1 Gbit/s at a round trip of 1 ms. Between hosts these are upper bounds on short
 * paths, see {@link WindowControl}. The 2 (n - 1) senders to a host of n = S peers may have at most 512 KiB in flight
 * together, as much as four workers to the aggregator of a star.
 *
 * @param shards the number of shards of the job
 * @param mtu Aeron's MTU in bytes
 * @param askedTerm the length of a term in bytes that a member asked for; 0 for the above
 */
public record LinkLengths(int shards, int mtu, int askedTerm) {
    /** Number of terms of a log buffer. */
    private static final int TERMS = 3;
    /** Number of frames of the largest length that Aeron requires a term to hold. */
    private static final int FRAMES = 8;
    private static final int SHORTEST_TERM = 256 << 10;
    /** Largest window of a short path between hosts: the bytes in flight occupy the queue of the slowest link. */
    static final int NETWORK_WINDOW = 128 << 10;
    /** Sum of the windows of all shards. */
    private static final int NETWORK_WINDOWS = 256 << 10;
    private static final int SMALLEST_WINDOW = 16 << 10;

    private static final int LONGEST_TERM = 256 << 20;

    /** The usual terms. */
    public LinkLengths(int shards, int mtu) {
        this(shards, mtu, 0);
    }

    /**
     * Checks a term's length that a member asks for.
     *
     * @throws IllegalArgumentException if it is not a power of two from 2 to 256 MiB
     */
    public static void checkTerm(int bytes) {
        if (bytes < Channels.TERM_LENGTH || bytes > LONGEST_TERM || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException("the bytes of a term must be a power of two from " + Channels.TERM_LENGTH
                    + " to " + LONGEST_TERM + ", got " + bytes);
        }
    }

    /** Returns the bytes of a term, a power of two. */
    int term() {
        if (askedTerm != 0) {
            return askedTerm;
        }
        int least = Math.max(SHORTEST_TERM, roundedUp(FRAMES * mtu));
        return Math.max(least, Channels.TERM_LENGTH / Integer.highestOneBit(shards));
    }

    private static int roundedUp(int bytes) {
        return Integer.highestOneBit(bytes - 1) << 1;
    }

    /** Returns the bytes of the log of a publication or image. */
    long log() {
        return (long) TERMS * term();
    }

    /** Returns the number of bytes that a receiver lets a sender have in flight. */
    int largestWindow(boolean loopback) {
        return loopback ? term() / 2
                : Math.max(mtu, Math.clamp(NETWORK_WINDOWS / shards, SMALLEST_WINDOW, NETWORK_WINDOW));
    }
}
