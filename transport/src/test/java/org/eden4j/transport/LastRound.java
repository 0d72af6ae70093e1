package org.eden4j.transport;

/**
 * The last round of members in threads of one JVM. It is chosen so that all of them take part in it: one that left earlier would
 * leave others in a round that has no quorum. Thread-safe.
 */
final class LastRound {
    private long begun = -1;
    private long last = Long.MAX_VALUE;

    /** Returns whether a member takes part in this round, which it must then do. */
    synchronized boolean includes(long round) {
        if (round > last) {
            return false;
        }
        begun = Math.max(begun, round);
        return true;
    }

    /** No member begins a round that none has begun yet. */
    synchronized void isBegun() {
        last = begun;
    }

    /** Members end after this round, which none has begun. */
    synchronized void is(long round) {
        if (round < begun) {
            throw new IllegalArgumentException("round " + begun + " has begun, " + round + " cannot be the last");
        }
        last = round;
    }
}
