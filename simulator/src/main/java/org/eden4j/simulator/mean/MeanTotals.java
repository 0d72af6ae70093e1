package org.eden4j.simulator.mean;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.eden4j.simulator.output.Row;

/** The totals of the rounds of a run. */
final class MeanTotals {
    private int rounds;
    private double nmse;
    private double expected;
    private double told;
    private double undelivered;
    private boolean expectedKnown = true;
    private long bytesUp;
    private long bytesDown;
    private long transportBytes;
    private long senders;
    private int fewestContributors = Integer.MAX_VALUE;
    private final List<Double> seconds = new ArrayList<>();
    private boolean equal = true;

    /** The sum of all means received, null if each round has new vectors. */
    private double[] sum;
    private double averageNmse = Double.NaN;

    /** Adds a mean received by a worker, for inputs that are the same in each round. */
    void addMean(MemorySegment received, double[] exact, double squaredNorm) {
        if (sum == null) {
            sum = new double[exact.length];
        }
        double error = 0;
        for (int i = 0; i < sum.length; i++) {
            sum[i] += received.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double difference = sum[i] / (rounds + 1) - exact[i];
            error += difference * difference;
        }
        averageNmse = error == 0 ? 0 : error / squaredNorm;
    }

    void add(
            double roundNmse, OptionalDouble roundExpected, double roundUndelivered, long up, long down, long transport,
            int roundSenders,
            int contributors, double roundSeconds, boolean equalsReference) {
        rounds++;
        nmse += roundNmse;
        expected += roundExpected.orElse(0);
        undelivered += roundUndelivered;
        expectedKnown &= roundExpected.isPresent();
        bytesUp += up;
        bytesDown += down;
        transportBytes += transport;
        senders += roundSenders;
        fewestContributors = Math.min(fewestContributors, contributors);
        seconds.add(roundSeconds);
        equal &= equalsReference;
    }

    /** Adds the upper bound of the round's error as reported to its members; NaN if none was reported. */
    void addExpected(double error) {
        told += error;
    }

    /**
     * Fills the summary: means of errors, sums of bytes, the median of times, and the smallest number of contributors.
     */
    Row into(Row row, MeanRun run) {
        List<Double> sorted = seconds.stream().sorted().toList();
        return row.put("rounds", rounds)
            .put("contributors", fewestContributors)
            .put("undelivered", undelivered / rounds)
            .put("nmse", nmse / rounds)
            .put("expectedNmse", expectedKnown ? (Object) (expected / rounds) : null)
            .put("expectedError", told / rounds)
            .put("bytesUp", bytesUp)
            .put("bytesDown", bytesDown)
            .put("bytesUncompressed", run.uncompressed(senders))
            .put("wireBitsUp", run.wireBits(bytesUp, senders))
            .put("wireBitsDown", run.wireBits(bytesDown, senders))
            .put("transportBytes", transportBytes)
            .put("seconds", sorted.get(sorted.size() / 2))
            .put("equalsReference", equal)
            .put("averageNmse", sum == null ? null : (Object) averageNmse);
    }
}
