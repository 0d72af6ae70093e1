package org.eden4j.spark;

/**
 * When data is repartitioned before training: element i of the data set to worker i mod n, each worker's in their order. A
 * pass over the data set counts its elements first.
 */
public enum Repartition {
    /** If the number of partitions is not that of the workers. */
    IF_NEEDED,
    /** In any case, so that shares differ by one element at most. */
    ALWAYS,
    /** Each partition is a worker's share as it is; another number of partitions than of workers is refused. */
    NEVER
}
