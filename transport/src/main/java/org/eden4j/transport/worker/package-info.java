/**
 * Turns a caller's update into Update frames, and Mean frames into the caller's mean.
 *
 * <pre>
 * ShardCalls: one call of the caller's --slices--&gt; Requests, one for each shard
 * Memberships: one WorkerAgent for each shard, all on one thread
 *
 * Request --RequestProcessor--&gt; WorkerRounds --UpdateSender, FrameEncoders--&gt; Update frames
 *                               WorkerRounds &lt;--MeanReceiver-- Mean frames &lt;--DownlinkHandler
 *                               WorkerState: what this worker shares with the others
 * WorkerLifecycle: membership, phases, ends     WorkerAgent: the duty cycle and the link
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.worker.Memberships}.
 */
package org.eden4j.transport.worker;
