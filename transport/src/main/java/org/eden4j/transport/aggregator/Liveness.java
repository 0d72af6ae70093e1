package org.eden4j.transport.aggregator;

/** When a member was heard last, and whether anybody waits for it. Single-threaded. */
final class Liveness {
    private long lastHeardNs;
    private boolean silent;

    Liveness(long nowNs) {
        lastHeardNs = nowNs;
    }

    /** A message of its own came: it is waited for again. */
    void heard(long nowNs) {
        lastHeardNs = nowNs;
        silent = false;
    }

    /** A join came again, which says nothing of its rounds. */
    void joinedAgain(long nowNs) {
        lastHeardNs = nowNs;
    }

    /** Time since its last message. */
    long silenceNs(long nowNs) {
        return nowNs - lastHeardNs;
    }

    /** Whether nobody waits for it until it is heard again. */
    boolean isSilent() {
        return silent;
    }

    /** Whether it falls silent now: nobody waits for it from now on. False if nobody did. */
    boolean fallsSilent(long nowNs, long limitNs) {
        boolean falls = !silent && silenceNs(nowNs) > limitNs;
        silent |= falls;
        return falls;
    }
}
