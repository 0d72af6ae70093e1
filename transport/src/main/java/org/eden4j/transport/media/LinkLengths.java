package org.eden4j.transport.media;

/**
 * How long the log buffers and windows of a link are. All members compute the same from what all know.
 *
 * <pre>
 * term     2 MiB / S for S shards, rounded up to a power of two; at least 256 KiB, and 8 MTU
 * window   at most half a term where no network is crossed, otherwise 256 KiB / S, at most 128 KiB, at least 16 KiB and an MTU
 * </pre>
 *
 * <p>A worker has as many links as shards, and where workers host these each of their processes as many as workers and shards
 * together: logs of one length would take memory, and windows of one length room in the queues of switches, in proportion to their
 * number. A window of 128 KiB is enough for 1 Gbit/s at a round trip of 1 ms. To a host of n = S peers 2 (n - 1) senders may send
 * ahead, at most 512 KiB together: what four workers may to the aggregator of a star.
 *
 * @param shards of the job
 * @param mtu Aeron's MTU in bytes
 */
record LinkLengths(int shards, int mtu) {
    /** Terms of a log buffer. */
    private static final int TERMS = 3;
    /** Frames of the largest length that Aeron wants a term to hold. */
    private static final int FRAMES = 8;
    private static final int SHORTEST_TERM = 256 << 10;
    /**
     * There is no congestion control: what is in flight stands in the queue of the slowest link, and what does not fit there is
     * lost and sent again.
     */
    private static final int NETWORK_WINDOW = 128 << 10;
    /** Of all shards' windows together. */
    private static final int NETWORK_WINDOWS = 256 << 10;
    private static final int SMALLEST_WINDOW = 16 << 10;

    /** Bytes of a term: a power of two. */
    int term() {
        int least = Math.max(SHORTEST_TERM, roundedUp(FRAMES * mtu));
        return Math.max(least, Channels.TERM_LENGTH / Integer.highestOneBit(shards));
    }

    private static int roundedUp(int bytes) {
        return Integer.highestOneBit(bytes - 1) << 1;
    }

    /** Bytes of a publication's or image's log. */
    long log() {
        return (long) TERMS * term();
    }

    /** Bytes that a receiver may have a sender send ahead. */
    int largestWindow(boolean loopback) {
        return loopback ? term() / 2
                : Math.max(mtu, Math.clamp(NETWORK_WINDOWS / shards, SMALLEST_WINDOW, NETWORK_WINDOW));
    }
}
