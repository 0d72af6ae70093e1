package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Standing;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.Drop;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.JobTally;
import org.eden4j.transport.mean.LeftOutLog;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.mean.MeanStores;
import org.eden4j.transport.mean.RoundCollector;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of a running job, in order: checks update frames, closes a round when no member is awaited or its deadline
 * has passed with a quorum, tries it again if it lacks one, and reports it once every member that takes part and sends
 * heartbeats has received its mean.
 *
 * <p>A round waits for the members that were alive when its first frame arrived, and its deadline runs from then. A
 * member that has missed a deadline in silence is not awaited until its next message. Frames that arrive in time are
 * counted whether or not the round waited for the member. Single writer: the aggregator's agent.
 */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final JobTerms terms;
    private final Members members;
    private final JobState state;
    private final DropCounters drops;
    private final PatientClock clock;
    private final LongWork work;
    private final RoundReporter reporter;
    /** Collector of the open round's phase. */
    private RoundCollector collector;
    private final MeanStores stores;
    private final LeftOutLog log = new LeftOutLog();
    private final Contributions contributions;

    private long round;
    private boolean begun;
    private final Reach reach;
    /** Attempts at the open round that failed for a reason other than the quorum. */
    private int extraAttempts;
    private long firstFrameNs;
    private long attemptNs;

    /** @param firstRound the first open round: 0, or that of a restored job */
    Rounds(JobTerms terms, Members members, JobState state, JobTally tally, PatientClock clock, LongWork work,
            Consumer<RoundStatistics> onRound, long firstRound, Arena arena) {
        this.terms = terms;
        this.members = members;
        this.state = state;
        drops = tally.drops();
        this.clock = clock;
        this.work = work;
        stores = new MeanStores(terms.frames(), arena);
        contributions = new Contributions(terms, drops, members.places(), work, arena);
        reach = new Reach(members, clock);
        round = firstRound - 1;
        reporter = new RoundReporter(terms, members, stores, drops, tally, onRound, firstRound);
        openNext();
        reach.reached();
    }

    /** Returns the open round. */
    long current() {
        return round;
    }

    Standing standing() {
        return new Standing(round, store(round).attempt(), begun ? collector.contributors().cardinality() : 0,
                members.where(member -> member.progress().isPaused()).cardinality());
    }

    /** Returns whether any frame of the open round has arrived. */
    boolean hasBegun() {
        return begun;
    }

    /** Returns the encoded mean of a round, which may be incomplete; null if it is not kept. */
    MeanStore store(long wanted) {
        return stores.of(wanted);
    }

    /** Returns whether a member before this round needs only means that are kept. */
    boolean canFollow(long memberRound) {
        return memberRound >= 0 && memberRound <= round && store(memberRound) != null;
    }

    /** Returns which members are known to have reached the open round. */
    Reach reach() {
        return reach;
    }

    /** Returns whether an earlier process of this worker has frames in the open round; the new one waits for the next. */
    boolean isBarred(Session member) {
        return contributions.isBarred(member);
    }

    private void openNext() {
        round++;
        begun = false;
        members.expectNobodyBack();
        reach.open(round);
        extraAttempts = 0;
        MeanStore former = stores.place(round);
        if (former != null) {
            members.forEach(member -> member.takesPart() && member.progress().isOwed(former.round()), this::cutOff);
            reporter.report(clock.realNs());
        }
        members.beginRound();
        collector = contributions.open(round);
        collector.open(round, members.awaited(terms.quorum()), stores.open(round));
    }

    private void cutOff(Session member) {
        drops.count(Drop.CUT_OFF);
        LOG.warn("{} is cut off: it had not taken the mean of round {} when round {} opened; it can catch up", member,
                member.progress().cursorRound(), round);
        member.behind(round);
    }

    /** Accepts or counts a frame that a member sent in its own name and in this epoch. */
    void update(Session member, UpdateDecoder update, long payload, int payloadLength) {
        LeftOut.Reason flaw = contributions.flaw(member, update, payload, payloadLength, round);
        if (flaw != null) {
            contributions.leaveOut(member, flaw, store(round));
            return;
        }
        if (!begun) {
            begin();
        }
        try {
            contributions.add(member, (int) update.frame(), update.weight(), payload, payloadLength, store(round));
        } catch (NonFiniteGradientException e) {
            beginCarefully(e);
        }
    }

    /**
     * Starts a round again whose mean cannot be computed or sent; contributions too large for any mean are left out
     * from then on.
     *
     * @throws NonFiniteGradientException if such contributions are already left out
     */
    private void beginCarefully(NonFiniteGradientException cause) {
        if (!collector.beCareful()) {
            throw cause;
        }
        extraAttempts++;
        String reason = "round " + round + " cannot be sent as " + terms.downlink().at(round) + ": "
                + cause.getMessage()
                + "; it starts again without contributions beyond the range of a mean";
        LOG.warn("{}", reason);
        beginAgain(reason);
    }

    /** Adds waiting frames. */
    private boolean added(IntSupplier adding) {
        try {
            int malformed = begun ? adding.getAsInt() : -1;
            drops.count(Drop.REJECTED, Math.max(malformed, 0));
            return malformed >= 0;
        } catch (NonFiniteGradientException e) {
            beginCarefully(e);
            return true;
        }
    }

    /**
     * Adds a frame that no longer waits.
     *
     * @return whether there was one
     */
    boolean addDue() {
        return added(collector::addDue);
    }

    /** Returns whether a member was dropped for which frames waited that are not added yet, see {@link #addDue}. */
    boolean isAnyDue() {
        return begun && collector.isAnyDue();
    }

    /**
     * Adds contributions that have arrived and wait for others.
     *
     * @return whether there was anything to do
     */
    boolean addEarly() {
        return added(collector::addEarly);
    }

    /**
     * Ends an unreliable update: frames that have not arrived by now are lost. The notice is repeated, even while the
     * round's end or failure is in transit to the member; a notice of an earlier attempt does not end this one.
     */
    void updateEnd(Session member, UpdateEndDecoder updateEnd) {
        if (contributions.isEnd(member, updateEnd, round)) {
            if (!begun) {
                begin();
            }
            collector.end(member.index());
        }
    }

    private void begin() {
        members.beginRound();
        BitSet expected = members.awaited(terms.quorum());
        collector.expect(expected);
        store(round).await(expected);
        begun = true;
        reach.reached();
        firstFrameNs = clock.realNs();
        attemptNs = firstFrameNs;
    }

    /** Stops waiting for a member that is gone, or is silent while the others make a quorum. */
    void withdraw(Session member) {
        members.expectBack(round);
        if (!begun) {
            collector.expect(members.awaited(terms.quorum()));
        } else if (!member.isExpectedBack() && (!member.takesPart() || members.hasQuorum(terms.quorum()))) {
            collector.drop(member.index());
        }
    }

    /**
     * Closes the round if it is due, or starts it again.
     *
     * @return whether there was anything to do
     * @throws TransportException if the round has missed its quorum in all attempts
     */
    boolean check() {
        reporter.report(clock.realNs());
        if (!begun) {
            return false;
        }
        long elapsedNs = clock.realNs() - attemptNs;
        boolean over = elapsedNs > terms.deadlineNs();
        if (over) {
            members.expectNobodyBack();
        }
        if (collector.isComplete()) {
            if (collector.contributors().cardinality() >= members.quorum(terms.quorum())) {
                close(clock.realNs() - firstFrameNs);
                return true;
            }
            return (over || contributions.isWorthTrying(members, members.quorum(terms.quorum()))) && fail(elapsedNs);
        }
        if (!over) {
            return false;
        }
        BitSet contributors = collector.contributors();
        if (contributors.cardinality() < members.quorum(terms.quorum())) {
            return fail(elapsedNs);
        }
        WorkerSet.without(collector.expected(), contributors).stream().forEach(this::giveUp);
        return true;
    }

    private void giveUp(int worker) {
        Session member = members.at(worker);
        if (member != null && member.liveness().fallsSilent(clock.nowNs(), Protocol.MISSED_NS)) {
            LOG.warn("{} missed the deadline of round {} in silence; the job does not wait for it", member, round);
        }
        collector.drop(worker);
    }

    /** Ends an attempt without a quorum: all members learn the reason, and send their updates again. */
    private boolean fail(long elapsedNs) {
        MeanStore store = store(round);
        String reason = contributions.shortfall(round, elapsedNs, members.quorum(terms.quorum()), members, store);
        extraAttempts += members.areAllPaused() ? 1 : 0;
        int attempts = terms.attempts() + extraAttempts;
        if (store.attempt() >= attempts) {
            throw new TransportException(reason);
        }
        LOG.warn("{}; attempt {} of {} begins", reason, store.attempt() + 1, attempts);
        beginAgain(reason);
        return true;
    }

    private void beginAgain(String reason) {
        MeanStore store = store(round);
        store.open(round);
        members.beginRound();
        BitSet expected = members.awaited(terms.quorum());
        store.await(expected);
        work.run(terms.vectorBytes(), () -> collector.reopen(expected, store));
        attemptNs = clock.realNs();
        members.forEach(member -> member.takesPart() && member.progress().cursorRound() == round,
                member -> member.retry(round, store.attempt(), reason));
    }

    private void close(long elapsedNs) {
        MeanStore store = store(round);
        contributions.close(store, terms.shard(), firstFrameNs, firstFrameNs + elapsedNs);
        state.apply(store);
        BitSet missing = WorkerSet.without(store.members(), store.contributors());
        log.closed(round, store.leftOut(), store.members(), missing, TimeUnit.NANOSECONDS.toMillis(elapsedNs));
        openNext();
    }
}
