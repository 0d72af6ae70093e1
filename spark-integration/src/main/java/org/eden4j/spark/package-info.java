/**
 * Turns a Deeplearning4j network and a distributed data set into a trained network, on Spark.
 *
 * <pre>
 * driver                                             executors
 * EdenSparkTrainer                                   an ordinary Spark task per worker
 *   JobRun      Aggregator &lt;== Aeron ==&gt; EdenTraining  MemberTask    exchange=JOB
 *   SparkRounds &lt;-- treeAggregate ---  GradientSum   RoundTask     exchange=SPARK
 *               --- broadcast --&gt;      ReplicaStore
 *   StageWatch  &lt;-- Spark's events ---
 * </pre>
 *
 * <p>Workers are members of a job, as {@link org.eden4j.dl4j.EdenTraining} makes them, that live in the tasks of one ordinary
 * stage: Spark runs a lost task again, and the job takes it back. Start at {@link org.eden4j.spark.EdenSparkTrainer}.
 */
package org.eden4j.spark;
