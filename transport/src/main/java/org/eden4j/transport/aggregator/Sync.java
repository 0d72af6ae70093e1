package org.eden4j.transport.aggregator;

/**
 * How a member's state stands to the job's.
 *
 * <pre>
 * INITIAL --means--&gt; SYNCED --did not take a mean in time--&gt; BEHIND --asks--&gt; STREAMING --all sent--&gt; SYNCED
 * </pre>
 */
enum Sync {
    /** Was there when the job began: has what all had then, and may still ask for the initial model. */
    INITIAL,
    /** Has the job's state, or will when it has taken the means under way to it. */
    SYNCED,
    /** Has another state, and gets nothing until it asks for the job's. */
    BEHIND,
    /** Is being sent the job's state. */
    STREAMING
}
