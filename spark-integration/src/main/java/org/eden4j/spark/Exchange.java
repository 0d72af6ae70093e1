package org.eden4j.spark;

/** How the workers of a training on Spark exchange what they have learnt. */
public enum Exchange {
    /**
     * As members of a job over Aeron, whose aggregator is in the driver: the stage runs from the first step to the last, and rounds take
     * milliseconds. Executors and driver must reach each other by UDP.
     */
    JOB,
    /**
     * By Spark alone, for clusters in which they may not: a stage per round, compressed changes as the tasks' results, the mean as
     * a compressed broadcast. A round takes what Spark needs to start a stage, some tens of milliseconds at least. Parameter averaging
     * only; workers need no slots at the same time, and copies of tasks do no harm. An updater's state stays on its executor: a
     * worker that moves to another begins with a new one.
     */
    SPARK
}
