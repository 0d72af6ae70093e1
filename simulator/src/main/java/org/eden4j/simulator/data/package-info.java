/**
 * Turns image files into the batches on which a network trains.
 *
 * <pre>
 * IDX files (gz or plain) --IdxFile--> ImageSet --shard(worker, workers, seed)--> ImageSet --batches--> DataSet [n,1,28,28]
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.data.FashionMnist}.
 */
package org.eden4j.simulator.data;
