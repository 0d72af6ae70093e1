/**
 * Turns a caller's update into Update frames, and Mean frames into the caller's mean.
 *
 * <pre>
 * Request --WorkerAgent--&gt; WorkerRounds --UpdateSender, FrameEncoders--&gt; Update frames
 *                          WorkerRounds &lt;--MeanReceiver-- Mean frames &lt;--DownlinkDesk
 *                          WorkerState: what this worker shares with the others
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.worker.WorkerAgent}.
 */
package org.eden4j.transport.worker;
