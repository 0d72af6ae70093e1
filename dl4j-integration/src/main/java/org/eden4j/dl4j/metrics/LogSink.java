package org.eden4j.dl4j.metrics;

import java.util.Locale;
import org.eden4j.dl4j.metrics.RoundMetrics.Total;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs one line per member after a fixed number of rounds. */
final class LogSink implements MetricsSink {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingMetrics.class);

    private final int every;

    LogSink(int every) {
        this.every = every;
    }

    @Override
    public void round(RoundMetrics round) {
        if (round.total().rounds() % every == 0) {
            LOG.info("{}", line(round));
        }
    }

    static String line(RoundMetrics round) {
        Total total = round.total();
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT,
                "worker %d, round %d: %.1f MB up, %.1f MB down in %d rounds, %.1f times fewer than float32 (%.2f and %.2f"
                        + " bits per coordinate); exchange %.1f ms per round, %.0f %% of the time",
                round.worker(), round.result().round(), total.bytesUp() / 1e6, total.bytesDown() / 1e6, total.rounds(),
                total.ratio(), total.wireBitsUp(), total.wireBitsDown(), total.exchangeNs() / 1e6 / total.rounds(),
                100 * total.exchangeShare()));
        if (total.missed() > 0) {
            line.append("; ")
                .append(total.missed())
                .append(" updates not counted as a whole, ")
                .append(total.leftOut())
                .append(" coordinates left out");
        }
        if (total.resynchronised() > 0) {
            line.append("; resynchronised ").append(total.resynchronised()).append(" times");
        }
        if (total.absent() > 0) {
            line.append("; ").append(total.absent()).append(" updates of others missing");
        }
        round.errors()
            .entrySet()
            .stream()
            .sorted(java.util.Map.Entry.comparingByKey())
            .forEach(error -> line
                .append(String.format(Locale.ROOT, "; vNMSE of %s %.3g", error.getKey(), error.getValue())));
        return line.toString();
    }
}
