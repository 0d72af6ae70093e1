package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;

/**
 * What a caller hands to the worker's agent, and parks for. The agent fills in the answer and then sets {@link #done},
 * which publishes it.
 */
public abstract sealed class Request {
    /** One round. */
    public static final class Exchange extends Request {
        final MemorySegment update;
        final float weight;
        final MemorySegment mean;
        public RoundResult result;

        public Exchange(MemorySegment update, float weight, MemorySegment mean) {
            this.update = update;
            this.weight = weight;
            this.mean = mean;
        }
    }

    /** The state that all members start from, given or taken: a model or a replica, the other is null. */
    public static final class Share extends Request {
        final Shared shared;

        public Share(MemorySegment model, Replica replica) {
            shared = new Shared(model, replica, replica == null ? 0 : replica.stateBytes());
        }

        /** Bytes of the replica's state, 0 without one. */
        public long replicaBytes() {
            return shared.replicaBytes();
        }
    }

    /** No more rounds until the next exchange. */
    static final class Pause extends Request {}

    /** The caller cannot go on: the worker leaves, and this request fails with the reason. */
    static final class GiveUp extends Request {
        final TransportException reason;

        GiveUp(TransportException reason) {
            this.reason = reason;
        }
    }

    private final Thread caller = Thread.currentThread();
    private RuntimeException failure;
    private volatile boolean done;
    /** What the caller is to do for the agent while it waits. */
    private volatile Runnable errand;
    /** What that has thrown; written before {@link #errand} is cleared. */
    private Throwable errandFailure;

    /** Called by the agent. */
    void complete() {
        done = true;
        LockSupport.unpark(caller);
    }

    /** Called by the agent. */
    void fail(RuntimeException reason) {
        failure = reason;
        complete();
    }

    /** Called by the agent: has the caller's thread do something; it is done when {@link #isIdle()}. */
    void post(Runnable newErrand) {
        errand = newErrand;
        LockSupport.unpark(caller);
    }

    /** Whether the caller has done what was posted, or has failed to. */
    boolean isIdle() {
        return errand == null;
    }

    /** What the caller's code has thrown in what was posted last, once it {@link #isIdle()}; null if it was done. */
    Throwable errandFailure() {
        return errandFailure;
    }

    private void runErrand() {
        try {
            errand.run();
        } catch (Throwable e) { // whatever a caller's code throws must reach the agent, or it would wait for ever
            errandFailure = e;
        }
        errand = null;
    }

    /**
     * Parks until the agent is through.
     *
     * @return whether the caller was interrupted meanwhile
     */
    public boolean await(Runnable onInterrupt) {
        boolean interrupted = false;
        while (!done || errand != null) {
            if (errand != null) {
                runErrand();
            } else {
                LockSupport.park(this);
            }
            if (Thread.interrupted() && !interrupted) {
                interrupted = true;
                onInterrupt.run();
            }
        }
        return interrupted;
    }

    /** What a call fails with during which the caller's code could not save its state. */
    static TransportException unsaved(Throwable thrown) {
        return new TransportException("this worker's state could not be saved: " + thrown, thrown);
    }

    /** What a call fails with during which the caller's code could not restore another member's state. */
    static TransportException unrestored(Throwable thrown) {
        return new TransportException("the job's state could not be restored here: " + thrown, thrown);
    }

    /** Null if all went well. */
    public RuntimeException failure() {
        return failure == null && errandFailure != null ? unsaved(errandFailure) : failure;
    }
}
