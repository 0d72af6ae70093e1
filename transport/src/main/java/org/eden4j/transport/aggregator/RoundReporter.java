package org.eden4j.transport.aggregator;

import java.util.function.Consumer;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.JobTally;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.mean.MeanStores;
import org.eden4j.transport.wire.JobTerms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports rounds in order, each once every member that takes part and sends heartbeats has received its mean. */
final class RoundReporter {
    private static final Logger LOG = LoggerFactory.getLogger(RoundReporter.class);

    private final JobTerms terms;
    private final Members members;
    private final MeanStores stores;
    private final DropCounters drops;
    private final JobTally tally;
    private final Consumer<RoundStatistics> onRound;
    private long next;

    /** @param next the first round to report */
    RoundReporter(JobTerms terms, Members members, MeanStores stores, DropCounters drops, JobTally tally,
            Consumer<RoundStatistics> onRound, long next) {
        this.terms = terms;
        this.members = members;
        this.stores = stores;
        this.drops = drops;
        this.tally = tally;
        this.onRound = onRound;
        this.next = next;
    }

    /** Reports the rounds whose mean all members have received. */
    void report(long nowNs) {
        MeanStore store = stores.of(next);
        while (store != null && store.isEnded() && isTaken(next)) {
            RoundStatistics statistics = store.statistics(terms.up(next), drops, terms.transportBytesPerFrame(), nowNs);
            tally.add(statistics);
            tell(statistics);
            drops.clear();
            next++;
            store = stores.of(next);
        }
    }

    /** Calls the user's code: its exceptions are logged, and the job continues. */
    private void tell(RoundStatistics statistics) {
        try {
            onRound.accept(statistics);
        } catch (Throwable e) {
            LOG.error("onRound threw an exception at the report of round {}; the job continues", statistics.round(), e);
        }
    }

    private boolean isTaken(long round) {
        return members.where(member -> member.isActive() && member.progress().isOwed(round)).isEmpty();
    }
}
