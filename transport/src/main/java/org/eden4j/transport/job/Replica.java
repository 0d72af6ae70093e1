package org.eden4j.transport.job;

import java.lang.foreign.MemorySegment;

/**
 * What members of a job have in common and only their programs understand: all of it where updates are not changes of a model
 * that the transport could keep (for gradients, parameters and the updater's state), or what remains beside such a model.
 *
 * <p>Called in the thread that has called the worker, during {@link org.eden4j.transport.Worker#shareState}, {@link org.eden4j.transport.Worker#shareModel} and {@link org.eden4j.transport.Worker#exchange}: what is
 * saved is the state before the round that the exchange is for. Where one of them throws, that call fails, with what was thrown
 * as its cause, and the worker leaves the job; the others go on.
 */
public interface Replica {
    /** Bytes of the state: the same on all members, at all times. */
    long stateBytes();

    /**
     * Returns the number of leading bytes that are equal on all members before a round. They are compared from time to time; a
     * member whose bytes differ receives the state of another one. All bytes by default; fewer if the state ends with counters or
     * other values of each member's own. Called after {@link #save}.
     */
    default long commonBytes() {
        return stateBytes();
    }

    /** Writes the state, for a member that has fallen behind or joins. */
    void save(MemorySegment target);

    /** Takes over another member's state. */
    void restore(MemorySegment saved);
}
