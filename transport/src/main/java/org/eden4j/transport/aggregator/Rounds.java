package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.mean.RoundCollector;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of a running job, one after the other: judges update frames, closes a round when nobody is waited for or
 * its deadline has passed with a quorum, tries it again where there is none, and reports it once every member that takes
 * part and gives signs of life has taken its mean.
 *
 * <p>A round waits for the members that were alive when its first frame came, and its deadline runs from then. A member
 * that has missed a deadline in silence is not waited for until it is heard again. What comes in time is counted, whether it
 * was waited for or not. Single writer: the aggregator's agent.
 */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final JobTerms terms;
    private final Members members;
    private final JobState state;
    private final DropCounters drops;
    private final JobTally tally;
    private final PatientClock clock;
    private final Consumer<RoundStatistics> onRound;
    private final FrameLayout layout;
    private final RoundCollector collector;
    private final MeanStore[] stores;
    /** By worker number: whose frames of the open round were taken. */
    private final long[] contributorTokens;

    private long round;
    private boolean begun;
    /** Whether any member is known to stand before the open round, and so to have what came before it. */
    private boolean reached;
    private long openedNs;
    private long firstFrameNs;
    private long attemptNs;
    private long reportRound;

    /** @param firstRound what is open first: 0, or where a restored job stands */
    Rounds(JobTerms terms, Members members, JobState state, DropCounters drops, JobTally tally,
            PatientClock clock,
            Consumer<RoundStatistics> onRound, long firstRound, Arena arena) {
        this.terms = terms;
        this.members = members;
        this.state = state;
        this.drops = drops;
        this.tally = tally;
        this.clock = clock;
        this.onRound = onRound;
        layout = FrameLayout.of(terms.method(), terms.dimension(), terms.mtu());
        FrameLayout down = FrameLayout.of(terms.downlink(), terms.dimension(), terms.mtu());
        collector = new RoundCollector(layout, down, members.places(), terms.jobSeed(), arena);
        stores = new MeanStore[]{new MeanStore(down, arena), new MeanStore(down, arena)};
        contributorTokens = new long[members.places()];
        round = firstRound - 1;
        reportRound = firstRound;
        openNext();
        reached = true;
    }

    /** The round that is open. */
    long current() {
        return round;
    }

    /** How often the open round was begun. */
    private int attempt() {
        return store(round).attempt;
    }

    Standing standing() {
        return new Standing(round, attempt(), begun ? collector.contributors().cardinality() : 0);
    }

    /** Whether any frame of the open round has come. */
    boolean hasBegun() {
        return begun;
    }

    /** The encoded mean of a round, as far as it is ready; null if it is not kept. */
    MeanStore store(long wanted) {
        MeanStore store = stores[(int) (wanted % stores.length)];
        return store.round == wanted ? store : null;
    }

    /** Whether a member that stands before this round only needs means that are kept. */
    boolean canFollow(long memberRound) {
        return memberRound >= 0 && memberRound <= round && store(memberRound) != null;
    }

    /** A member says that it stands before this round: then it has the mean of the one before. */
    void heard(Session member, long memberRound) {
        reached |= memberRound == round && member.mayStandBefore(round);
    }

    /**
     * Whether any member is known to have what came before the open round. As long as none is, its mean may be lost with
     * the members that it was sent to.
     */
    boolean isReached() {
        return reached;
    }

    /** Whether a member that was sent all may still say that it has it: it does so at once, if it has. */
    boolean mayBeReachedSoon() {
        return !reached && clock.realNs() - openedNs < Protocol.MISSED_NS
                && !members.where(member -> !member.silent && member.mayStandBefore(round)).isEmpty();
    }

    /** Whether an earlier process of this worker has frames in the open round: the new one comes in at the next. */
    boolean isBarred(Session member) {
        return collector.hasContributed(member.index) && contributorTokens[member.index] != member.token;
    }

    private void openNext() {
        round++;
        begun = false;
        reached = false;
        openedNs = clock.realNs();
        MeanStore store = stores[(int) (round % stores.length)];
        if (store.round >= 0) {
            members.where(member -> member.takesPart() && member.cursorRound <= store.round)
                .stream()
                .forEach(index -> cutOff(members.at(index)));
            report();
        }
        store.open(round);
        collector.open(round, awaited(), store);
    }

    /** Whom a round waits for: members that give signs of life; all that take part where those are no quorum. */
    private BitSet awaited() {
        BitSet heard = members.where(member -> member.takesPart() && !member.silent);
        return heard.cardinality() < terms.quorum() ? members.where(Session::takesPart) : heard;
    }

    private void cutOff(Session member) {
        drops.cutOff++;
        LOG.warn("{} is cut off: it had not taken the mean of round {} when round {} opened; it can catch up", member,
                member.cursorRound, round);
        member.behind(round);
    }

    /** Takes or counts a frame that a member sent in its own name and in this epoch. */
    void update(Session member, UpdateDecoder update, long payload, int payloadLength) {
        long frame = update.frame();
        float weight = update.weight();
        if (update.round() > round || update.method() != layout.method().wireId() || frame >= layout.frameCount()
                || payloadLength != layout.payloadBytes((int) frame) || !(weight >= 0 && weight <= Float.MAX_VALUE)) {
            drops.rejected++;
        } else if (update.round() < round || !member.takesPart()) {
            drops.late++;
        } else {
            contribute(member, (int) frame, weight, payload, payloadLength);
        }
    }

    private void contribute(Session member, int frame, float weight, long payload, int payloadLength) {
        if (!begun) {
            begin();
        }
        int worker = member.index;
        if (collector.hasArrived(worker, frame)) {
            drops.duplicate++;
        } else if (!collector.isInTime(worker, frame) || isBarred(member)) {
            drops.late++;
        } else if (collector.contradictsWeight(worker, weight)) {
            drops.rejected++;
        } else {
            contributorTokens[worker] = member.token;
            drops.rejected += collector.accept(worker, frame, weight, payload);
            store(round).count(FrameLayout.HEADER_BYTES + payloadLength, layout.end(frame) - layout.first(frame));
        }
    }

    /**
     * Adds a frame that waits for nobody any more.
     *
     * @return whether there was one
     */
    boolean addDue() {
        return added(begun ? collector.addDue() : -1);
    }

    /** Whether a member was dropped for which frames waited that are not added yet: {@link #addDue}. */
    boolean isAnyDue() {
        return begun && collector.isAnyDue();
    }

    /**
     * Adds some of what has come and waits for more.
     *
     * @return whether there was anything to do
     */
    boolean addEarly() {
        return added(begun ? collector.addEarly() : -1);
    }

    private boolean added(int malformed) {
        drops.rejected += Math.max(malformed, 0);
        return malformed >= 0;
    }

    /**
     * Takes notice of the end of an unreliable update: what has not come by now never will. The notice is repeated, also
     * while the round's end is on its way to the member, or the news that it has failed: that of an attempt before is not the
     * end of this one.
     */
    void updateEnd(Session member, UpdateEndDecoder updateEnd) {
        if (updateEnd.round() > round || updateEnd.frames() != layout.frameCount()) {
            drops.rejected++;
        } else if (updateEnd.round() == round && member.takesPart() && !isBarred(member)
                && updateEnd.attempt() == member.attempt(round)) {
            if (!begun) {
                begin();
            }
            collector.end(member.index);
        }
    }

    private void begin() {
        BitSet expected = awaited();
        collector.expect(expected);
        store(round).members.or(expected);
        begun = true;
        reached = true;
        firstFrameNs = clock.realNs();
        attemptNs = firstFrameNs;
    }

    /** No round waits for this member any more: it is gone, or it is silent and the others make a quorum. */
    void withdraw(Session member) {
        if (!begun) {
            collector.expect(awaited());
        } else if (!member.takesPart() || awaited().cardinality() >= terms.quorum()) {
            collector.drop(member.index);
        }
    }

    /**
     * Closes the round if it is time to, or begins it again.
     *
     * @return whether there was anything to do
     * @throws TransportException if the round has missed its quorum as often as it may
     */
    boolean check() {
        report();
        if (!begun) {
            return false;
        }
        long elapsedNs = clock.realNs() - attemptNs;
        boolean over = elapsedNs > terms.deadlineNs();
        if (collector.isComplete()) {
            if (collector.contributors().cardinality() >= terms.quorum()) {
                close(clock.realNs() - firstFrameNs);
                return true;
            }
            return isWorthTrying() || over ? fail(elapsedNs) : false;
        }
        if (!over) {
            return false;
        }
        BitSet contributors = collector.contributors();
        if (contributors.cardinality() < terms.quorum()) {
            return fail(elapsedNs);
        }
        WorkerSet.without(collector.expected(), contributors).stream().forEach(this::giveUp);
        return true;
    }

    /** Members that have come back make a quorum that the open attempt can not reach. */
    private boolean isWorthTrying() {
        BitSet present = members.where(member -> member.takesPart() && !member.silent && !isBarred(member));
        return present.cardinality() >= terms.quorum()
                && !WorkerSet.without(present, collector.contributors()).isEmpty();
    }

    private void giveUp(int worker) {
        Session member = members.at(worker);
        if (member != null && clock.nowNs() - member.lastHeardNs > Protocol.MISSED_NS) {
            LOG.warn("{} has missed the deadline of round {} in silence, the job does not wait for it", member, round);
            member.silent = true;
        }
        collector.drop(worker);
    }

    /** Ends an attempt without a quorum: all are told why, and send again what they hold. */
    private boolean fail(long elapsedNs) {
        MeanStore store = store(round);
        BitSet whole = collector.contributors();
        BitSet all = new BitSet();
        all.set(0, members.places());
        String reason = "round " + round + " failed: " + whole.cardinality() + " of " + members.places()
                + " workers contributed within " + TimeUnit.NANOSECONDS.toMillis(elapsedNs) + " ms, the quorum is "
                + terms.quorum() + "; missing " + WorkerSet.name(WorkerSet.without(all, whole));
        if (store.attempt >= terms.attempts()) {
            throw new TransportException(reason);
        }
        LOG.warn("{}; attempt {} of {} begins", reason, store.attempt + 1, terms.attempts());
        store.open(round);
        BitSet expected = awaited();
        store.members.or(expected);
        collector.reopen(expected, store);
        attemptNs = clock.realNs();
        members.where(member -> member.takesPart() && member.cursorRound == round)
            .stream()
            .mapToObj(members::at)
            .forEach(member -> member.retry(round, store.attempt, reason));
        return true;
    }

    private void close(long elapsedNs) {
        MeanStore store = store(round);
        store.close(collector, firstFrameNs, firstFrameNs + elapsedNs);
        state.apply(store);
        BitSet missing = WorkerSet.without(store.members, store.contributors);
        if (!missing.isEmpty()) {
            LOG.warn("round {} closed with {} of {} workers after {} ms; missing {}", round,
                    store.contributors.cardinality(), store.members.cardinality(),
                    TimeUnit.NANOSECONDS.toMillis(elapsedNs), WorkerSet.name(missing));
        }
        openNext();
    }

    /** Reports rounds that every member has taken. */
    private void report() {
        MeanStore store = store(reportRound);
        while (store != null && store.ended && isTaken(reportRound)) {
            RoundStatistics statistics = store.statistics(layout, drops, terms.transportBytesPerFrame(),
                    clock.realNs());
            tally.add(statistics);
            onRound.accept(statistics);
            drops.clear();
            reportRound++;
            store = store(reportRound);
        }
    }

    private boolean isTaken(long reported) {
        return members.where(member -> member.takesPart() && !member.silent && member.cursorRound <= reported)
            .isEmpty();
    }
}
