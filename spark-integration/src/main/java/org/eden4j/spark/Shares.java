package org.eden4j.spark;

import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.nd4j.linalg.dataset.DataSet;
import scala.Tuple2;

/** A data set as the shares of workers: partition w is worker w's. */
final class Shares {
    private Shares() {}

    /**
     * Deals a data set out, see {@link Repartition}. The order of a share depends on that of the data set alone, never on the order
     * in which Spark fetches blocks, so that a task that runs again finds the same share.
     */
    static JavaRDD<DataSet> of(JavaRDD<DataSet> data, int workers, Repartition when) {
        int partitions = data.getNumPartitions();
        boolean fits = partitions == workers;
        if (!fits && when == Repartition.NEVER) {
            throw new IllegalArgumentException("the data set has " + partitions + " partitions and there are " + workers
                    + " workers, each of which trains on one: call workers(" + partitions
                    + ") or repartition(Repartition.IF_NEEDED)");
        }
        if (fits && when != Repartition.ALWAYS) {
            return data;
        }
        return data.zipWithIndex()
            .mapToPair(Tuple2::swap)
            .repartitionAndSortWithinPartitions(new Dealer(workers))
            .values();
    }

    /** Element i goes to partition i mod n. */
    private static final class Dealer extends Partitioner {
        private static final long serialVersionUID = 1;

        private final int workers;

        Dealer(int workers) {
            this.workers = workers;
        }

        @Override
        public int numPartitions() {
            return workers;
        }

        @Override
        public int getPartition(Object index) {
            return (int) ((Long) index % workers);
        }
    }
}
