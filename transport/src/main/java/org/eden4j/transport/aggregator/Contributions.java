package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.mean.Drop;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.mean.RoundCollector;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.WorkerSet;

/**
 * Checks the frames of updates to the open round: adds them, or counts and reports why they are left out. Has one
 * collector per phase of the job, one at a time.
 */
final class Contributions {
    private final JobTerms terms;
    private final DropCounters drops;
    private final LongWork work;
    private final Arena arena;
    /** By worker number: token of the process whose frames of the open round were accepted. */
    private final long[] tokens;
    /** Layout of the open round's phase, as for the collector; null before the first round. */
    private FrameLayout layout;
    private RoundCollector collector;

    /** @param arena the arena of the first collector; that of a later phase of the job is freed with it */
    Contributions(JobTerms terms, DropCounters drops, int places, LongWork work, Arena arena) {
        this.terms = terms;
        this.drops = drops;
        this.work = work;
        this.arena = arena;
        tokens = new long[places];
    }

    /** Opens a round; returns its collector. */
    RoundCollector open(long round) {
        if (layout == null) {
            lay(round, arena);
        } else if (layout != terms.up(round)) {
            work.run(terms.vectorBytes(), () -> lay(round, Arena.ofAuto()));
        }
        return collector;
    }

    private void lay(long round, Arena memory) {
        layout = terms.up(round);
        collector = new RoundCollector(layout, terms.down(round), tokens.length, terms.jobSeed(), memory);
    }

    /**
     * Returns whether an earlier process of this worker has frames in the open round; the new one then starts with the
     * next round.
     */
    boolean isBarred(Session member) {
        return collector.hasContributed(member.index()) && tokens[member.index()] != member.peer().token();
    }

    /** Returns whether returned members make a quorum that the open attempt cannot reach. */
    boolean isWorthTrying(Members members, int quorum) {
        BitSet present = members.where(member -> member.isActive() && !isBarred(member));
        return present.cardinality() >= quorum && !WorkerSet.without(present, collector.contributors()).isEmpty();
    }

    /**
     * Closes a round and records its members and contributors. In a job with several shards, a member that only follows
     * in this shard, with an update of weight zero, does not count.
     */
    void close(MeanStore store, Shard shard, long firstFrameNs, long nowNs) {
        BitSet contributors = collector.contributors();
        Map<Integer, BitSet> partial = collector.partial();
        if (shard.count() > 1) {
            BitSet following = collector.weightless();
            contributors.andNot(following);
            partial.keySet().removeIf(following::get);
        }
        store.close(contributors, partial, collector.lostFrames(), firstFrameNs, nowNs);
    }

    /** Returns why a frame is useless to a round, whatever else has arrived; null if it may be useful. */
    LeftOut.Reason flaw(Session member, UpdateDecoder update, long payload, int payloadLength, long round) {
        if (update.round() > round || !isOf(terms.up(update.round()), update, payload, payloadLength)) {
            return LeftOut.Reason.MALFORMED;
        }
        if (!(update.weight() >= 0 && update.weight() <= Float.MAX_VALUE)) {
            return LeftOut.Reason.WEIGHT;
        }
        return update.round() < round || !member.takesPart() ? LeftOut.Reason.LATE : null;
    }

    private static boolean isOf(FrameLayout layout, UpdateDecoder update, long payload, int payloadLength) {
        return update.method() == layout.wireId() && update.frame() < layout.frameCount()
                && layout.fits((int) update.frame(), NativeMemory.ALL, payload, payloadLength);
    }

    /**
     * Adds a frame without such a flaw, unless it arrived before, arrived too late, or contradicts other frames.
     *
     * @throws org.eden4j.compressor.NonFiniteGradientException if the mean cannot be computed or sent
     */
    void add(Session member, int frame, float weight, long payload, int payloadLength, MeanStore store) {
        int worker = member.index();
        if (collector.hasArrived(worker, frame)) {
            drops.count(Drop.DUPLICATE);
        } else if (!collector.isInTime(worker, frame) || isBarred(member)) {
            leaveOut(member, LeftOut.Reason.LATE, store);
        } else if (collector.contradictsWeight(worker, weight)) {
            leaveOut(member, LeftOut.Reason.WEIGHT, store);
        } else {
            tokens[worker] = member.peer().token();
            store.count(FrameLayout.HEADER_BYTES + payloadLength, layout.coordinates(frame));
            drops.count(Drop.REJECTED, collector.accept(worker, frame, weight, payload, payloadLength));
        }
    }

    /** Returns whether a notice ends this attempt at the member's update; an inconsistent one is counted. */
    boolean isEnd(Session member, UpdateEndDecoder updateEnd, long round) {
        if (updateEnd.round() > round || updateEnd.frames() != terms.up(updateEnd.round()).frameCount()) {
            drops.count(Drop.REJECTED);
            return false;
        }
        return updateEnd.round() == round && member.takesPart() && !isBarred(member)
                && updateEnd.attempt() == member.progress().attempt(round);
    }

    /** Counts a frame, sent in the member's own name, that is left out. */
    void leaveOut(Session member, LeftOut.Reason reason, MeanStore store) {
        drops.count(reason == LeftOut.Reason.LATE ? Drop.LATE : Drop.REJECTED);
        store.leaveOut(member.index(), reason);
    }

    /** Returns why an attempt at a round failed its quorum, and whose frames were left out. */
    String shortfall(long round, long elapsedNs, int quorum, Members members, MeanStore store) {
        BitSet whole = collector.contributors();
        StringBuilder reason = new StringBuilder("round " + round + " failed: " + whole.cardinality() + " of "
                + members.all().cardinality() + " workers contributed within "
                + TimeUnit.NANOSECONDS.toMillis(elapsedNs)
                + " ms, the quorum is " + quorum + "; missing "
                + WorkerSet.name(WorkerSet.without(members.all(), whole)));
        for (LeftOut one : store.leftOut()) {
            reason.append("; worker ").append(one.worker()).append(" sent ").append(one.reason());
        }
        return reason.toString();
    }
}
