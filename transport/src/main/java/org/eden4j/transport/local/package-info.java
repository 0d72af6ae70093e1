/**
 * Turns threads of one JVM into the members of a job: the same means as over Aeron, bit for bit, without a port, a
 * media driver or another process.
 *
 * <pre>
 * LocalJob --Joining--&gt; LocalMember   encodes its update in its own thread, takes the mean
 *                         Meeting      who is there, who is awaited, who lacks a state
 *                           LocalMean  the last one to come adds the payloads and encodes the mean
 * </pre>
 *
 * <p>The arithmetic is that of {@link org.eden4j.transport.mean.RoundCollector}; only the transfer of the bytes
 * differs.
 *
 * <p>Start at {@link org.eden4j.transport.local.LocalJob}.
 */
package org.eden4j.transport.local;
