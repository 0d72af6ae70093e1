package org.eden4j.transport.aggregator;

import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.TransportException;

/** Whether a job without members may still get some. Single-threaded. */
final class Vacancy {
    /** Whether the member that was heard last has left: then nobody is waited for. */
    private boolean lastLeft;
    /** Since when there is no member, 0 if there is one. */
    private long emptyNs;

    /** A member has left, or is lost. */
    void gone(Session member, boolean left) {
        lastLeft = left || lastLeft && member.liveness().isSilent();
    }

    /** There is a member. */
    void end() {
        emptyNs = 0;
    }

    /** Whether nobody is expected any more. */
    boolean isFinal() {
        return lastLeft;
    }

    /** Whether there has been no member for longer than the limit; the first call begins to count. */
    boolean lastsLonger(long nowNs, long limitNs) {
        if (emptyNs == 0) {
            emptyNs = nowNs;
        }
        return nowNs - emptyNs > limitNs;
    }

    /** What a job fails with that has had no member for longer than the limit. */
    static TransportException failure(int places, long rounds, long limitNs) {
        return new TransportException("all " + places + " workers are gone after " + rounds
                + " rounds, and none of them left or came back within " + TimeUnit.NANOSECONDS.toMillis(limitNs)
                + " ms");
    }
}
