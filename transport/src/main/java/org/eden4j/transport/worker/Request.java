package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.wire.StateKind;

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
        final MemorySegment model;
        final Replica replica;
        /** Of the replica's state, 0 without one. */
        final long replicaBytes;

        public Share(MemorySegment model, Replica replica) {
            this.model = model;
            this.replica = replica;
            replicaBytes = replica == null ? 0 : replica.stateBytes();
        }

        StateKind kind() {
            return replica == null ? StateKind.MODEL : StateKind.REPLICA;
        }
    }

    private final Thread caller = Thread.currentThread();
    private RuntimeException failure;
    private volatile boolean done;
    /** What the caller is to do for the agent while it waits. */
    private volatile Runnable errand;

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

    /** Whether the caller has done what was posted. */
    boolean isIdle() {
        return errand == null;
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
                errand.run();
                errand = null;
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

    /** Null if all went well. */
    public RuntimeException failure() {
        return failure;
    }
}
