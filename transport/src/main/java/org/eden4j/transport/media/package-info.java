/**
 * Turns a job's address into a running media driver, channels and threads.
 *
 * <pre>
 * JobAddress --Connection--&gt; Aeron client + Channels
 *                |
 *                +--&gt; MediaDriverHost (UDP: one per member)   DriverSpace, SocketBuffers: is there room?
 *                       GuardedEndpoint: admits only datagrams that a member can have sent
 * AgentThreads: runs an agent on a thread of its own, ParkingIdleStrategy between two duty cycles
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.media.Connection}. Errors of host, port, buffers and memory are found here,
 * before the job starts.
 */
package org.eden4j.transport.media;
