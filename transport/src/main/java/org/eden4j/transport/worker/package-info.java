/**
 * Turns a caller's update into Update frames, and Mean frames into the caller's mean.
 *
 * <pre>
 * Request --RequestProcessor--&gt; WorkerRounds --UpdateSender, FrameEncoders--&gt; Update frames
 *                               WorkerRounds &lt;--MeanReceiver-- Mean frames &lt;--DownlinkHandler
 *                               WorkerState: what this worker shares with the others
 * WorkerLifecycle: membership, phases, ends     WorkerAgent: the duty cycle and the link
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.worker.WorkerAgent}.
 */
package org.eden4j.transport.worker;
