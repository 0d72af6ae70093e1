package org.eden4j.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.eden4j.compressor.container.CompressedGradient;

/**
 * From what an executor gets the parameters that all workers have in common before a round: what it has of an earlier round and the
 * means since, or all of it where it is new. Broadcasts travel to those executors only that ask for them.
 *
 * @param round before which the base is
 * @param parameters float32, without the network's constraints; null for those of a new network
 * @param means of the rounds since
 */
record CommonBase(int round, Broadcast<float[]> parameters,
        List<Broadcast<CompressedGradient>> means) implements Serializable {}
