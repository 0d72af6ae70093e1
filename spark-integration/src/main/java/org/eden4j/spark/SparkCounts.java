package org.eden4j.spark;

import java.io.Serializable;

/**
 * Spark's own counters for one training, summed over its stages.
 *
 * @param tasks attempts that have ended
 * @param retriedTasks attempts that were not the first of their task
 * @param stageRestarts attempts of stages that were not the first
 * @param resultBytes of results that tasks sent to the driver
 * @param shuffleBytes written for other stages
 * @param broadcastBytes of broadcast blocks that executors have stored
 */
public record SparkCounts(long tasks, long retriedTasks, long stageRestarts, long resultBytes, long shuffleBytes,
        long broadcastBytes) implements Serializable {}
