/**
 * Turns the encoded updates of many workers into one mean, over Aeron.
 *
 * <pre>
 * Worker (one a process or thread)                    Aggregator (one a job)
 *   exchange(update, weight, mean)
 *     encode frame by frame  --- Update frames --&gt;  add in worker order, divide by the weight that arrived
 *     decode into mean       &lt;--- Mean frames ---   encode the mean once, offer it to every worker
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.Worker} and {@link org.eden4j.transport.Aggregator}; both meet at a
 * {@link org.eden4j.transport.JobAddress}. {@link org.eden4j.transport.FrameLayout} says which coordinates a frame
 * carries. The bytes of every message are in {@code docs/protocol.md}, their schema in
 * {@code transport/src/main/sbe/eden4j.xml}.
 *
 * <p>Everything that fails ends in a {@link org.eden4j.transport.TransportException} that says what, the numbers, and
 * the cure; nothing waits forever.
 */
package org.eden4j.transport;
