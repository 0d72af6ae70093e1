package org.eden4j.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * The numbers of a training that Spark's user interface shows on the page of a stage, per task and in total: Spark reports them when a
 * task ends, an attempt that failed left out.
 *
 * @param members members that joined
 * @param updates updates that members sent, one per member and round
 * @param bytesUp bytes of updates
 * @param bytesDown bytes of means that members received
 */
record UiCounters(LongAccumulator members, LongAccumulator updates, LongAccumulator bytesUp,
        LongAccumulator bytesDown) implements Serializable {
    static final String PREFIX = "eden4j ";

    static UiCounters of(SparkContext sc) {
        return new UiCounters(sc.longAccumulator(PREFIX + "members"), sc.longAccumulator(PREFIX + "updates"),
                sc.longAccumulator(PREFIX + "bytes up"), sc.longAccumulator(PREFIX + "bytes down"));
    }

    void update(long bytes) {
        updates.add(1);
        bytesUp.add(bytes);
    }
}
