/**
 * Turns the training of one DL4J network into the training of equal replicas, in several processes or threads.
 *
 * <pre>
 *                      parameter averaging                        gradient sharing
 * fit()  every K steps params - common --+    every step gradient / examples --+
 *                                        | Worker.exchange                     | Worker.exchange
 *        params = common = common + mean &lt;-+  gradient = examples * mean       &lt;-+  then DL4J's updater
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.EdenTraining}. ND4J's arrays are read and written in place, as float32 memory
 * segments; no package below this one depends on ND4J.
 */
package org.eden4j.dl4j;
