package org.eden4j.transport.aggregator;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.wire.JobTerms;

/**
 * The settings on which the present members have agreed: the terms, with the first member's layout, its agreement if
 * the aggregator has none, and the kind of their common state. Discarded with the members if no round has started.
 * Single-threaded.
 */
final class Agreement implements AutoCloseable {
    private final JobTerms told;
    private final Members members;
    private final DropCounters drops;
    private JobTerms terms;
    private JobState state;
    private StateHandler states;

    /** @param told the aggregator's settings */
    Agreement(JobTerms told, Members members, DropCounters drops) {
        this.told = told;
        this.members = members;
        this.drops = drops;
        terms = told;
    }

    JobTerms terms() {
        return terms;
    }

    /** Returns the common state; null before the first member. */
    JobState state() {
        return state;
    }

    /** Returns the state handler; null before the first member. */
    StateHandler states() {
        return states;
    }

    /** Returns whether means are useless without the state that members share. */
    boolean isShared() {
        return state != null && state.isShared();
    }

    /** Admits a member whose join was granted; the first one sets the open terms. */
    void admit(UpdateLayout layout, String agreement) {
        if (state == null) {
            terms = terms.withLayout(layout).withAgreement(agreement);
            state = new JobState(terms);
            states = new StateHandler(terms, members, state, drops);
        }
    }

    /** Discards the agreement of members that left before the first round. */
    void forget() {
        close();
        terms = told;
    }

    @Override
    public void close() {
        if (state != null) {
            states.close();
            state.close();
            states = null;
            state = null;
        }
    }
}
