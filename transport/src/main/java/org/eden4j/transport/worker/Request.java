package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;

/**
 * A request of a caller to the worker's agent, for which the caller parks. The agent fills in the answer and then sets
 * {@link #done}, which publishes it.
 */
public abstract sealed class Request {
    /** A round. */
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

    /** The initial state of all members, supplied or received: a model or a replica; the other is null. */
    public static final class Share extends Request {
        final Shared shared;

        public Share(MemorySegment model, Replica replica) {
            shared = new Shared(model, replica, replica == null ? 0 : replica.stateBytes());
        }

        /** Returns the size of the replica's state in bytes, 0 without one. */
        public long replicaBytes() {
            return shared.replicaBytes();
        }
    }

    /** A pause until the next exchange. */
    static final class Pause extends Request {}

    /** The end of a caller that cannot continue: the worker leaves, and this request fails with the reason. */
    static final class GiveUp extends Request {
        final TransportException reason;

        GiveUp(TransportException reason) {
            this.reason = reason;
        }
    }

    private final Thread caller = Thread.currentThread();
    private RuntimeException failure;
    private volatile boolean done;
    /** Work for the caller while it waits. */
    private volatile Runnable errand;
    /** Exception of that work; written before {@link #errand} is cleared. */
    private Throwable errandFailure;

    /** Completes the request; called by the agent. */
    void complete() {
        done = true;
        LockSupport.unpark(caller);
    }

    /** Fails the request; called by the agent. */
    void fail(RuntimeException reason) {
        failure = reason;
        complete();
    }

    /** Gives the caller's thread work, which is done when {@link #isIdle()}; called by the agent. */
    void post(Runnable newErrand) {
        errand = newErrand;
        LockSupport.unpark(caller);
    }

    /** Returns whether the caller has finished the posted work, successfully or not. */
    boolean isIdle() {
        return errand == null;
    }

    /** Returns the exception of the last posted work, once {@link #isIdle()}; null if it succeeded. */
    Throwable errandFailure() {
        return errandFailure;
    }

    private void runErrand() {
        try {
            errand.run();
        } catch (Throwable e) { // every exception of the caller's code must reach the agent, which would otherwise wait forever
            errandFailure = e;
        }
        errand = null;
    }

    /**
     * Parks until the agent has answered.
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

    /** Returns the failure of a call in which the caller's code could not save its state. */
    static TransportException unsaved(Throwable thrown) {
        return new TransportException("this worker's state could not be saved: " + thrown, thrown);
    }

    /** Returns the failure of a call in which the caller's code could not restore another member's state. */
    static TransportException unrestored(Throwable thrown) {
        return new TransportException("the job's state could not be restored here: " + thrown, thrown);
    }

    /** Returns the failure, or null if the request succeeded. */
    public RuntimeException failure() {
        return failure == null && errandFailure != null ? unsaved(errandFailure) : failure;
    }
}
