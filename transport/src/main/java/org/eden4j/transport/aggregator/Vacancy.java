package org.eden4j.transport.aggregator;

import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.TransportException;

/** Tracks whether a job without members, or without a member that has its state, may still get some. Single-threaded. */
final class Vacancy {
    /** True if the member heard last has left: no member is awaited then. */
    private boolean lastLeft;
    /** Time since which the job has no member, 0 if it has one. */
    private long emptyNs;
    /** Time since which all members wait for a state, 0 if one has it or there is no member. */
    private long orphanedNs;

    /** Records that a member has left or is lost. */
    void gone(Session member, boolean left) {
        lastLeft = left || lastLeft && member.liveness().isSilent();
    }

    /** Records that the job has a member. */
    void end() {
        emptyNs = 0;
    }

    /** Returns whether no member is expected any more. */
    boolean isFinal() {
        return lastLeft;
    }

    /** Returns whether the job has had no member for longer than the limit; the first call starts the time. */
    boolean lastsLonger(long nowNs, long limitNs) {
        if (emptyNs == 0) {
            emptyNs = nowNs;
        }
        return nowNs - emptyNs > limitNs;
    }

    /**
     * Returns whether all members wait for a state, and none is expected that has it: the last one has left, or has been
     * gone for longer than the limit.
     */
    boolean orphans(Members members, long nowNs, long limitNs) {
        boolean orphaned = members.count() > 0 && members.where(member -> !member.progress().isReady()).isEmpty();
        if (!orphaned) {
            orphanedNs = 0;
        } else if (orphanedNs == 0) {
            orphanedNs = nowNs;
        }
        return orphaned && (lastLeft || nowNs - orphanedNs > limitNs);
    }

    /** Returns the failure of a job that has had no member for longer than the limit. */
    static TransportException failure(int places, long rounds, long limitNs) {
        return new TransportException("all " + places + " workers are gone after " + rounds
                + " rounds, and none of them left or came back within " + TimeUnit.NANOSECONDS.toMillis(limitNs)
                + " ms");
    }
}
