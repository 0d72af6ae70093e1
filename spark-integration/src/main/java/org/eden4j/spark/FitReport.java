package org.eden4j.spark;

import java.util.List;

/**
 * The report of one training.
 *
 * @param workers that were asked for
 * @param rounds exchanges
 * @param bytesUp of all updates that were sent
 * @param bytesDown of all means that were received
 * @param workerReports a report per worker since the last checkpoint before the end, in their order; none with {@link Exchange#SPARK}, where tasks are a round long
 * @param spark what Spark has counted
 */
public record FitReport(int workers, long rounds, long bytesUp, long bytesDown, List<WorkerReport> workerReports,
        SparkCounts spark) {
    public FitReport {
        workerReports = List.copyOf(workerReports);
    }

    /** The report of a training in which nothing was left to do. */
    static FitReport nothing(int workers) {
        return new FitReport(workers, 0, 0, 0, List.of(), new SparkCounts(0, 0, 0, 0, 0, 0));
    }

    /** Returns the report of this part of a training and the next one, whose counts of Spark include this one's. */
    FitReport then(FitReport next) {
        return new FitReport(workers, rounds + next.rounds, bytesUp + next.bytesUp, bytesDown + next.bytesDown,
                next.workerReports, next.spark);
    }

    /** Returns whether all workers that have taken the same number of steps ended with the same parameters, bit for bit. */
    public boolean replicasEqual() {
        return workerReports.stream()
            .filter(report -> !report.late())
            .noneMatch(one -> workerReports.stream()
                .anyMatch(other -> !other.late() && one.iteration() == other.iteration()
                        && one.hash() != other.hash()));
    }
}
