package org.eden4j.transport.aggregator;

/** The time of a member's last message, and whether rounds wait for it. Single-threaded. */
final class Liveness {
    private long lastHeardNs;
    private boolean silent;

    Liveness(long nowNs) {
        lastHeardNs = nowNs;
    }

    /** Records a message of the member: rounds wait for it again. */
    void heard(long nowNs) {
        lastHeardNs = nowNs;
        silent = false;
    }

    /** Records a repeated join, which implies nothing about rounds. */
    void joinedAgain(long nowNs) {
        lastHeardNs = nowNs;
    }

    /** Returns the time since its last message. */
    long silenceNs(long nowNs) {
        return nowNs - lastHeardNs;
    }

    /** Returns whether rounds do not wait for the member until its next message. */
    boolean isSilent() {
        return silent;
    }

    /** Marks the member as silent if its silence exceeds the limit; returns whether it was not silent before and is now. */
    boolean fallsSilent(long nowNs, long limitNs) {
        boolean falls = !silent && silenceNs(nowNs) > limitNs;
        silent |= falls;
        return falls;
    }
}
