package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of a running job, one after the other: judges update frames, closes a round when nobody is waited for or
 * its deadline has passed with a quorum, and reports it once every member has taken its mean.
 *
 * <p>A round waits for the members that were alive when its first frame came, and its deadline runs from then. Single
 * writer: the aggregator's agent.
 */
final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private final JobTerms terms;
    private final Session[] members;
    private final DropCounters drops;
    private final PatientClock clock;
    private final Consumer<RoundStatistics> onRound;
    private final FrameLayout layout;
    private final RoundCollector collector;
    private final MeanStore[] stores;

    private long round = -1;
    private boolean begun;
    private long firstFrameNs;
    private boolean quorumInDoubt;
    private long reportRound;

    Rounds(JobTerms terms, Session[] members, DropCounters drops, PatientClock clock,
            Consumer<RoundStatistics> onRound, Arena arena) {
        this.terms = terms;
        this.members = members;
        this.drops = drops;
        this.clock = clock;
        this.onRound = onRound;
        layout = FrameLayout.of(terms.method(), terms.dimension(), terms.mtu());
        FrameLayout down = FrameLayout.of(terms.downlink(), terms.dimension(), terms.mtu());
        collector = new RoundCollector(layout, down, members.length, terms.jobSeed(), arena);
        stores = new MeanStore[]{new MeanStore(down, arena), new MeanStore(down, arena)};
        openNext();
    }

    /** The round that is open. */
    long current() {
        return round;
    }

    /** Whether any frame of any round has come. */
    boolean hasBegun() {
        return begun || round > 0;
    }

    /** The encoded mean of a round, as far as it is ready; null if it is not kept. */
    MeanStore store(long wanted) {
        MeanStore store = stores[(int) (wanted % stores.length)];
        return store.round == wanted ? store : null;
    }

    private void openNext() {
        round++;
        begun = false;
        quorumInDoubt = false;
        MeanStore store = stores[(int) (round % stores.length)];
        if (store.round >= 0) {
            for (Session member : members) {
                if (member.isMember() && member.cursorRound <= store.round) {
                    cutOff(member);
                }
            }
            report();
        }
        store.open(round);
        collector.open(round, awaited(), store);
    }

    /** Whom a round waits for: members that give signs of life; all members where those are too few for a quorum. */
    private BitSet awaited() {
        BitSet present = new BitSet();
        BitSet heard = new BitSet();
        for (Session member : members) {
            if (member.isMember()) {
                present.set(member.index);
                heard.set(member.index, !member.silent);
            }
        }
        return heard.cardinality() < terms.quorum() ? present : heard;
    }

    private void cutOff(Session member) {
        drops.cutOff++;
        String reason = "worker " + member.index + " was cut off: it had not taken the mean of round "
                + member.cursorRound + " when round " + round + " opened";
        LOG.warn(reason);
        member.fail(FailureCode.CUT_OFF, reason);
        member.end(Session.State.CUT_OFF);
    }

    /** Takes or counts a frame that a member sent in its own name and in this epoch. */
    void update(int worker, UpdateDecoder update, long payload, int payloadLength) {
        long frame = update.frame();
        float weight = update.weight();
        if (update.round() > round || update.method() != layout.method().wireId() || frame >= layout.frameCount()
                || payloadLength != layout.payloadBytes((int) frame) || !(weight >= 0 && weight <= Float.MAX_VALUE)) {
            drops.rejected++;
        } else if (update.round() < round) {
            drops.late++;
        } else {
            contribute(worker, (int) frame, weight, payload, payloadLength);
        }
    }

    private void contribute(int worker, int frame, float weight, long payload, int payloadLength) {
        if (!begun) {
            begin();
        }
        if (collector.hasArrived(worker, frame)) {
            drops.duplicate++;
        } else if (!collector.expected().get(worker)) {
            drops.late++;
        } else if (collector.contradictsWeight(worker, weight)) {
            drops.rejected++;
        } else {
            leftOut(collector.accept(worker, frame, weight, payload));
            store(round).count(FrameLayout.HEADER_BYTES + payloadLength);
        }
    }

    /**
     * Takes notice of the end of an unreliable update: what has not come by now never will. The notice is repeated, also
     * while the round's end is on its way to the member.
     */
    void updateEnd(int worker, UpdateEndDecoder updateEnd) {
        if (updateEnd.round() > round || updateEnd.frames() != layout.frameCount()) {
            drops.rejected++;
        } else if (updateEnd.round() == round) {
            if (!begun) {
                begin();
            }
            leftOut(collector.end(worker));
        }
    }

    private void begin() {
        BitSet expected = awaited();
        collector.expect(expected);
        store(round).members.or(expected);
        begun = true;
        quorumInDoubt = true;
        firstFrameNs = clock.realNs();
    }

    private void leftOut(int malformedBlocks) {
        drops.rejected += malformedBlocks;
        quorumInDoubt |= malformedBlocks > 0;
    }

    /** No round waits for this member any more: it is gone, or it is silent and the others make a quorum. */
    void withdraw(Session member) {
        if (!begun) {
            collector.expect(awaited());
        } else if (!member.isMember() || collector.possibleContributors(member.index) >= terms.quorum()) {
            leftOut(collector.drop(member.index));
            quorumInDoubt = true;
        }
    }

    /**
     * Closes the round if it is time to.
     *
     * @return whether there was anything to do
     * @throws TransportException if the round has missed its quorum
     */
    boolean check() {
        report();
        if (!begun) {
            return false;
        }
        long elapsedNs = clock.realNs() - firstFrameNs;
        if (quorumInDoubt) {
            quorumInDoubt = false;
            demandQuorum(collector.possibleContributors(RoundCollector.NOBODY), elapsedNs);
        }
        if (collector.isComplete()) {
            close(elapsedNs);
            return true;
        }
        if (elapsedNs <= terms.deadlineNs()) {
            return false;
        }
        BitSet contributors = collector.contributors();
        demandQuorum(contributors.cardinality(), elapsedNs);
        WorkerSet.without(collector.expected(), contributors)
            .stream()
            .forEach(worker -> leftOut(collector.drop(worker)));
        return true;
    }

    private void demandQuorum(int contributors, long elapsedNs) {
        if (contributors < terms.quorum()) {
            BitSet whole = collector.contributors();
            BitSet all = new BitSet();
            all.set(0, members.length);
            throw new TransportException("round " + round + " failed: " + whole.cardinality() + " of " + members.length
                    + " workers contributed within " + TimeUnit.NANOSECONDS.toMillis(elapsedNs)
                    + " ms, the quorum is " + terms.quorum() + "; missing "
                    + WorkerSet.name(WorkerSet.without(all, whole)));
        }
    }

    private void close(long elapsedNs) {
        MeanStore store = store(round);
        store.close(collector, firstFrameNs, elapsedNs);
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
            onRound.accept(store.statistics(drops, terms.transportBytesPerFrame(),
                    Duration.ofNanos(clock.realNs() - store.firstFrameNs)));
            drops.clear();
            reportRound++;
            store = store(reportRound);
        }
    }

    private boolean isTaken(long reported) {
        for (Session member : members) {
            if (member.isMember() && member.cursorRound <= reported) {
                return false;
            }
        }
        return true;
    }
}
