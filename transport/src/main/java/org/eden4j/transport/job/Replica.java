package org.eden4j.transport.job;

import java.lang.foreign.MemorySegment;

/**
 * A state that members of a job have in common and that is opaque to transport: the whole state if updates are not
 * changes of a model that transport could keep (for gradients, parameters and updater state), or the remainder besides
 * such a model.
 *
 * <p>Called in the thread that has called the worker, during {@link org.eden4j.transport.Worker#shareState},
 * {@link org.eden4j.transport.Worker#shareModel} and {@link org.eden4j.transport.Worker#exchange}. The saved state is
 * the state before the round of that exchange. If a method throws, the worker's call fails with that exception as the
 * cause, and the worker leaves the job; the others continue.
 */
public interface Replica {
    /** Returns the size of the state in bytes: the same on all members, at all times. */
    long stateBytes();

    /**
     * Returns the number of leading bytes that are equal on all members before a round. They are compared from time to
     * time; a member whose bytes differ receives another member's state. All bytes by default; fewer if the state ends
     * with counters or other values that may differ. Called after {@link #save}.
     */
    default long commonBytes() {
        return stateBytes();
    }

    /** Writes the state, for a member that joins or has fallen behind. */
    void save(MemorySegment target);

    /** Adopts another member's state. */
    void restore(MemorySegment saved);
}
