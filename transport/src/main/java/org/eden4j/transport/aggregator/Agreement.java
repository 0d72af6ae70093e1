package org.eden4j.transport.aggregator;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.wire.JobTerms;

/**
 * What the members that are here have agreed on: the terms, with the layout of the first of them, and its agreement where
 * the aggregator was told none, and the state that they have in common. It goes with them where no round was begun. Single-threaded.
 */
final class Agreement implements AutoCloseable {
    private final JobTerms told;
    private final Members members;
    private final DropCounters drops;
    private JobTerms terms;
    private JobState state;
    private StateHandler states;

    /** @param told what the aggregator was told */
    Agreement(JobTerms told, Members members, DropCounters drops) {
        this.told = told;
        this.members = members;
        this.drops = drops;
        terms = told;
    }

    JobTerms terms() {
        return terms;
    }

    /** Null before the first member. */
    JobState state() {
        return state;
    }

    /** Null before the first member. */
    StateHandler states() {
        return states;
    }

    /** Whether means are of no use without the state that members share. */
    boolean isShared() {
        return state != null && state.isShared();
    }

    /** A member comes whose join was granted; the first decides what was left open. */
    void admit(UpdateLayout layout, String agreement) {
        if (state == null) {
            terms = terms.withLayout(layout).withAgreement(agreement);
            state = new JobState(terms);
            states = new StateHandler(terms, members, state, drops);
        }
    }

    /** The members have left before there was a round: what they said holds no more. */
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
