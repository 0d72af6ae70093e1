package org.eden4j.spark;

import java.io.Serializable;
import org.eden4j.dl4j.NetworkState;

/**
 * The result of a member's task, kept on its executor.
 *
 * @param report what the driver collects of every task
 * @param state of the network, of which the driver fetches one; null where the task came late
 */
record MemberOutcome(WorkerReport report, NetworkState state) implements Serializable {}
