package org.eden4j.transport.aggregator;

/**
 * The relation of a member's state to the job's.
 *
 * <pre>
 * INITIAL --means--&gt; SYNCED --did not take a mean in time--&gt; BEHIND --asks--&gt; STREAMING --all sent--&gt; SYNCED
 * </pre>
 */
enum Sync {
    /** Was a member when the job started: has the state that all members had then, and may still request the initial model. */
    INITIAL,
    /** Has the job's state, or will have it after the means in transit. */
    SYNCED,
    /** Has another state, and receives nothing until it requests the job's. */
    BEHIND,
    /** Is being sent the job's state. */
    STREAMING
}
