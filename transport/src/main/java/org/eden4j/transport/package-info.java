/**
 * Turns the updates of many workers into one mean, over Aeron: the two roles of a job and their configuration.
 *
 * <pre>
 * Worker (one per process or thread)                  Aggregator (one per job, or per shard of its vector)
 *   exchange(update, weight, mean)
 *     encode frame by frame  --- Update frames --&gt;  add in worker order, divide by the weight that arrived
 *     decode into mean       &lt;--- Mean frames ---   encode the mean once, offer it to every worker
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.Worker} and {@link org.eden4j.transport.Aggregator}; both meet at a
 * {@link org.eden4j.transport.job.JobAddress}. Members that are threads of one JVM need neither: they meet in a
 * {@link org.eden4j.transport.local.LocalJob}. Every package depends only on packages below it:
 *
 * <pre>
 * transport            Worker, Aggregator and their builders
 *   local              threads of one JVM into a job without Aeron
 *   worker             updates into Update frames, Mean frames into means
 *   aggregator         messages of many workers into rounds, members and answers
 *     mean             Update frames into Mean frames
 *     state            models, replicas and ledgers into images that travel, and back
 *     media            addresses into media drivers, channels and threads
 *       wire           messages into bytes, bytes into messages
 *         job          the vocabulary of a job: addresses, results, exceptions
 * </pre>
 *
 * <p>The bytes of every message are in {@code docs/protocol.md}, their schema in
 * {@code transport/src/main/sbe/eden4j.xml}.
 *
 * <p>Every failure is a {@link org.eden4j.transport.job.TransportException} that states what failed, the numbers, and
 * the cure; no call waits forever.
 */
package org.eden4j.transport;
