/**
 * Turns {@code ./eden spark} into a training on a Spark cluster. It is a module of its own, so that the rest of the command line needs
 * no Spark.
 *
 * <pre>
 * SparkCommand --SparkShare--&gt; JavaRDD --EdenSparkTrainer--&gt; network --TestScore--&gt; a row of results
 *              --ClusterSettings--&gt; JavaSparkContext
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.spark.SparkCommand}.
 */
package org.eden4j.simulator.spark;
