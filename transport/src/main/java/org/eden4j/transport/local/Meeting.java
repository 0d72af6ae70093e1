package org.eden4j.transport.local;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.WorkerSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor at which the members of a local job meet: the last one to arrive ends the round, and a waiting one saves
 * its state for those that lack it. Members' replicas are saved and restored in their own threads, one at a time.
 *
 * <p>A member that has fallen behind (it has paused, or joined late) receives the state of one that waits in the open
 * round: once that round has ended if there is a model; otherwise before it ends, and then takes part in it.
 */
final class Meeting {
    private static final Logger LOG = LoggerFactory.getLogger(Meeting.class);

    private final LocalTerms terms;
    private final Place[] places;
    private final Contribution[] contributions;
    /** Agreed terms; null before the first member. */
    private Agreed agreed;
    private LocalMean mean;
    private final CommonState state = new CommonState();
    /** True once all places were taken at the same time: rounds no longer wait for members that leave. */
    private boolean met;
    /** True after the first round, or after the common state was supplied. */
    private boolean started;
    private long round;
    private long roundBeganNs;
    private RoundEnd last;
    private RuntimeException failure;

    Meeting(LocalTerms terms) {
        this.terms = terms;
        places = new Place[terms.workers()];
        Arrays.setAll(places, Place::new);
        contributions = new Contribution[terms.workers()];
        round = terms.firstRound();
    }

    LocalTerms terms() {
        return terms;
    }

    synchronized long round() {
        return round;
    }

    /** Gives a member a place, see {@link LocalJob.Joining#join}. */
    synchronized Place join(Agreed joining, int wanted, Object holder) {
        if (failure != null) {
            throw new JoinRejectedException(RejectCode.JOB_ENDED, "the job has ended: " + failure.getMessage());
        }
        if (agreed != null) {
            agreed.check(joining);
        }
        if (wanted >= places.length) {
            throw new JoinRejectedException(RejectCode.INDEX_RANGE,
                    "worker number " + wanted + " is not in 0.." + (places.length - 1));
        }
        Place place = wanted >= 0 ? places[wanted] : vacant();
        if (place.holder != null) {
            throw new JoinRejectedException(RejectCode.INDEX_TAKEN,
                    "worker number " + wanted + " is taken by another member");
        }
        if (agreed == null) {
            agreed = joining;
            mean = new LocalMean(terms, joining.layout());
        }
        place.holder = holder;
        place.standing = started ? Place.Standing.PAUSED : Place.Standing.ACTIVE;
        place.round = round;
        met |= is(other -> other.holder == null).isEmpty();
        return place;
    }

    private Place vacant() {
        return Arrays.stream(places)
            .filter(place -> place.holder == null)
            .findFirst()
            .orElseThrow(() -> new JoinRejectedException(RejectCode.JOB_STARTED,
                    "all " + places.length + " places of the job are taken"));
    }

    synchronized LocalMean mean() {
        return mean;
    }

    /** Shares the common state, in the caller's thread. */
    synchronized void share(Place own, Object holder, MemorySegment ownModel, Replica replica) {
        check(own, holder);
        state.share(own, ownModel, replica);
        if (started) {
            takeOver(own, holder);
            return;
        }
        notifyAll();
        await(own, holder, () -> started || met && isFirst(own) && is(Place::isHeldBack).isEmpty());
        if (started) {
            state.restoreInitial(own);
        } else {
            state.start(own);
            started = true;
            notifyAll();
        }
    }

    private boolean isFirst(Place own) {
        return is(place -> place.holder != null).nextSetBit(0) == own.index;
    }

    /** Gives a member the other members' state. */
    private void takeOver(Place own, Object holder) {
        own.standing = Place.Standing.ACTIVE;
        if (state.kind().hasRemainder()) {
            own.wanting = true;
            notifyAll();
            await(own, holder,
                    () -> !own.wanting || is(place -> place != own && place.holder != null).isEmpty());
        } else {
            own.round = round;
        }
        if (own.wanting) {
            throw new TransportException("no member is left that has the job's state");
        }
        state.restore(own, own.saved);
        own.saved = null;
        mean.resynchronised();
        LOG.info("worker {} was brought up to round {}", own.index, own.round);
    }

    /** Saves the state of a member whose own work is done, for those that lack it. */
    private void supply(Place own) {
        if (!state.kind().hasRemainder() || is(place -> place.wanting && place.saved == null).isEmpty()) {
            return;
        }
        MemorySegment saved = state.saved(own);
        for (Place place : places) {
            if (place.wanting && place.saved == null) {
                place.saved = saved;
                if (!state.kind().hasModel()) {
                    follow(place);
                }
            }
        }
        notifyAll();
    }

    /** Lets a member whose state is now complete continue with the open round. */
    private void follow(Place place) {
        place.wanting = false;
        place.round = round;
    }

    /**
     * Begins a member's exchange.
     *
     * @return whether it had fallen behind and received the other members' state instead
     */
    synchronized boolean isResynchronised(Place own, Object holder) {
        check(own, holder);
        state.decideNone();
        if (state.kind().parts() != 0 && !own.sharing) {
            throw new IllegalStateException("the other members share " + state.kind()
                    + ": this one has to as well, before its first exchange");
        }
        if (own.round < round) {
            takeOver(own, holder);
            return true;
        }
        own.standing = Place.Standing.ACTIVE;
        return false;
    }

    /** Submits an update to the open round, and waits for its end. */
    synchronized RoundEnd arrive(Place own, Object holder, Contribution contribution) {
        check(own, holder);
        if (is(place -> place.arrived).isEmpty()) {
            roundBeganNs = System.nanoTime();
        }
        contributions[own.index] = contribution;
        supply(own);
        own.arrived = true;
        endIfComplete();
        await(own, holder, () -> {
            if (own.arrived) {
                supply(own);
            }
            return !own.arrived;
        });
        return last;
    }

    private void endIfComplete() {
        BitSet arrived = is(place -> place.arrived);
        if (failure != null || arrived.isEmpty() || !WorkerSet.without(awaited(), arrived).isEmpty()) {
            return;
        }
        try {
            last = mean.end(round, arrived, contributions, roundBeganNs);
        } catch (RuntimeException e) {
            fail(new TransportException("round " + round + " cannot be sent as " + terms.downlink().at(round) + ": "
                    + e.getMessage(), e));
            return;
        }
        state.add(mean);
        round++;
        started = true;
        for (Place place : places) {
            if (place.arrived || place.wanting && place.saved != null) {
                place.arrived = false;
                follow(place);
            }
        }
        notifyAll();
        report();
    }

    /** Calls the user's code: its exceptions are logged, and the job continues. */
    private void report() {
        try {
            terms.onRound().accept(mean.statistics());
        } catch (RuntimeException e) {
            LOG.error("onRound threw an exception at the report of round {}; the job continues", last.round(), e);
        }
    }

    /** Returns the members that the open round waits for. */
    private BitSet awaited() {
        return is(place -> place.isActive() && !(place.wanting && state.kind().hasModel())
                || !met && place.standing == Place.Standing.VACANT);
    }

    private BitSet is(Predicate<Place> condition) {
        BitSet set = new BitSet();
        for (Place place : places) {
            set.set(place.index, condition.test(place));
        }
        return set;
    }

    synchronized void pause(Place own, Object holder) {
        check(own, holder);
        own.standing = Place.Standing.PAUSED;
        endIfComplete();
    }

    /** Removes a member; its submitted update to the open round counts. */
    synchronized void leave(Place own, Object holder) {
        if (own.holder != holder) {
            return;
        }
        boolean arrived = own.arrived;
        own.vacate();
        own.arrived = arrived;
        if (!started && is(place -> place.holder != null).isEmpty()) {
            agreed = null;
            met = false;
            state.forget();
            Arrays.stream(places).forEach(Place::vacate);
        }
        endIfComplete();
        notifyAll();
    }

    /** Fails every later call of a member. */
    synchronized void fail(RuntimeException reason) {
        if (failure == null) {
            failure = reason;
            notifyAll();
        }
    }

    private void check(Place own, Object holder) {
        if (failure != null) {
            throw new TransportException(failure.getMessage(), failure);
        }
        if (own.holder != holder) {
            throw new TransportException("this member is closed");
        }
    }

    /** Waits for a condition, which calls of members change. */
    private void await(Place own, Object holder, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (true) {
            check(own, holder);
            if (condition.getAsBoolean()) {
                return;
            }
            long leftNs = terms.patience().toNanos() - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                fail(new TransportException("worker " + own.index + " has waited for "
                        + WorkerSet.name(WorkerSet.without(awaited(), is(place -> place.arrived))) + " in round "
                        + round
                        + " for " + terms.patience().toMillis() / 1e3 + " s: members that take no part must pause() or"
                        + " close(), as many must join as the job has workers"));
                continue;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TransportException("this thread was interrupted", e);
            }
        }
    }
}
