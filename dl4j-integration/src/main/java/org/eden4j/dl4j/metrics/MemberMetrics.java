package org.eden4j.dl4j.metrics;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.transport.job.RoundResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures the exchanges of one member. Not thread-safe: used by the training thread only. */
public final class MemberMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(MemberMetrics.class);

    private final TrainingMetrics terms;
    private final int worker;
    private final long coordinates;
    private final PartErrors partErrors;
    private RoundMetrics.Total total = RoundMetrics.Total.NONE;
    private Map<String, Double> errors = Map.of();
    private long beganNs;
    /** End of the previous exchange; 0 before the first. */
    private long endedNs;

    MemberMetrics(TrainingMetrics terms, int worker, UpdateLayout layout) {
        this.terms = terms;
        this.worker = worker;
        coordinates = layout.coordinates(Kind.COMPRESSED) + layout.coordinates(Kind.RAW);
        partErrors = new PartErrors(layout);
    }

    /** Begins the measurement of an exchange in this round. */
    public void exchanging(MemorySegment update, long round) {
        errors = terms.isErrorDue(total.rounds()) ? partErrors.of(update, round, worker) : Map.of();
        beganNs = System.nanoTime();
    }

    /** Ends the measurement and reports it to the sinks. */
    public void exchanged(RoundResult result) {
        long nowNs = System.nanoTime();
        long exchangeNs = nowNs - beganNs;
        long stepNs = endedNs == 0 ? exchangeNs : nowNs - endedNs;
        endedNs = nowNs;
        total = total.plus(result, coordinates, exchangeNs, stepNs);
        RoundMetrics round = new RoundMetrics(worker, result, coordinates, exchangeNs, stepNs, total, errors);
        for (MetricsSink sink : terms.sinks()) {
            try {
                sink.round(round);
            } catch (RuntimeException e) {
                LOG.warn("{} threw an exception in round {}; training continues", sink, result.round(), e);
            }
        }
    }
}
