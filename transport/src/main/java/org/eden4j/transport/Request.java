package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * What a caller hands to the worker's agent, and parks for. The agent fills in the answer and then sets {@link #done},
 * which publishes it.
 */
abstract sealed class Request {
    /** One round. */
    static final class Exchange extends Request {
        final MemorySegment update;
        final float weight;
        final MemorySegment mean;
        RoundResult result;

        Exchange(MemorySegment update, float weight, MemorySegment mean) {
            this.update = update;
            this.weight = weight;
            this.mean = mean;
        }
    }

    /** The initial model, sent or received. */
    static final class ShareModel extends Request {
        final MemorySegment model;

        ShareModel(MemorySegment model) {
            this.model = model;
        }
    }

    private final Thread caller = Thread.currentThread();
    private RuntimeException failure;
    private volatile boolean done;

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

    /**
     * Parks until the agent is through.
     *
     * @return whether the caller was interrupted meanwhile
     */
    boolean await(Runnable onInterrupt) {
        boolean interrupted = false;
        while (!done) {
            LockSupport.park(this);
            if (Thread.interrupted() && !interrupted) {
                interrupted = true;
                onInterrupt.run();
            }
        }
        return interrupted;
    }

    /** Null if all went well. */
    RuntimeException failure() {
        return failure;
    }
}
