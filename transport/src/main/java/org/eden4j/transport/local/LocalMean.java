package org.eden4j.transport.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.mean.Drop;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.mean.RoundCollector;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobFrames;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.worker.MeanReceiver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mean of each round, from the payloads of its contributors: added in worker order, encoded, and decoded once for
 * all. Memory: the sum, the mean and its payloads, and the waiting payloads. Not thread-safe.
 */
final class LocalMean {
    private static final Logger LOG = LoggerFactory.getLogger(LocalMean.class);

    private final LocalTerms terms;
    private final JobFrames frames;
    /** These five fields belong to the last round's phase; null before the first round. */
    private FrameLayout up;
    private FrameLayout down;
    private RoundCollector collector;
    private MeanStore store;
    private MeanReceiver receiver;
    private final MemorySegment values;
    private final DropCounters drops = new DropCounters();

    LocalMean(LocalTerms terms, UpdateLayout layout) {
        this.terms = terms;
        frames = JobFrames.of(layout, terms.method(), terms.downlink(), terms.mtu(), Shard.WHOLE);
        values = NativeMemory.allocate(Arena.ofAuto(), (long) layout.dimension() * Float.BYTES);
    }

    /** Returns the frames of updates and means. Immutable, for any thread. */
    JobFrames frames() {
        return frames;
    }

    /** Switches to the frames of a round. */
    private void lay(long round) {
        if (up != frames.up(round)) {
            Arena arena = Arena.ofAuto();
            up = frames.up(round);
            down = frames.down(round);
            collector = new RoundCollector(up, down, terms.workers(), terms.jobSeed(), arena);
            store = new MeanStore(down, arena);
            receiver = new MeanReceiver(down, arena);
        }
    }

    /** Returns the mean of the last ended round, as members decode it; absent coordinates are zero. */
    MemorySegment values() {
        return values;
    }

    /** Counts a member that received the job's state. */
    void resynchronised() {
        drops.count(Drop.RESYNC);
    }

    /**
     * Ends a round.
     *
     * @param contributions the contributions by worker number, of members only
     * @param startNs the time at which the first member arrived
     * @throws NonFiniteGradientException if the mean cannot be sent although contributions beyond its range are left
     *         out
     */
    RoundEnd end(long round, BitSet members, Contribution[] contributions, long startNs) {
        lay(round);
        store.open(round);
        store.await(members);
        collector.open(round, members, store);
        try {
            add(members, contributions);
        } catch (NonFiniteGradientException e) {
            if (!collector.beCareful()) {
                throw e;
            }
            LOG.warn("round {} cannot be sent as {}: {}; it begins again without contributions beyond the range of a"
                    + " mean", round, terms.downlink().at(round), e.getMessage());
            store.open(round);
            store.await(members);
            collector.reopen(members, store);
            add(members, contributions);
        }
        BitSet contributors = collector.contributors();
        store.close(contributors, collector.partial(), 0, startNs, System.nanoTime());
        return new RoundEnd(round, store.attempt(), (BitSet) members.clone(), contributors, store.partial(),
                store.expectedError(), decode(round, members.cardinality()));
    }

    private void add(BitSet members, Contribution[] contributions) {
        for (int frame = 0; frame < up.frameCount(); frame++) {
            for (int worker = members.nextSetBit(0); worker >= 0; worker = members.nextSetBit(worker + 1)) {
                Contribution contribution = contributions[worker];
                int bytes = contribution.payloadBytes(frame);
                store.count(FrameLayout.HEADER_BYTES + bytes, up.coordinates(frame));
                drops.count(Drop.REJECTED,
                        collector.accept(worker, frame, contribution.weight(), contribution.payload(frame), bytes));
            }
        }
    }

    /** Decodes the mean; returns the bytes of its frames. */
    private long decode(long round, int readers) {
        long bytes = 0;
        receiver.start();
        try {
            for (int frame = 0; frame < down.frameCount(); frame++) {
                int payloadBytes = store.payloadBytes(frame);
                receiver.accept(frame, store.payloads().address() + down.payloadOffset(frame), payloadBytes,
                        terms.jobSeed(), round, values);
                bytes += FrameLayout.HEADER_BYTES + payloadBytes;
                for (int reader = 0; reader < readers; reader++) {
                    store.sent(frame);
                }
            }
        } catch (MalformedPayloadException e) {
            throw new IllegalStateException("the mean of round " + round + " does not decode", e);
        }
        return bytes;
    }

    /** Returns the statistics of the last ended round, as a job over Aeron would report them. */
    RoundStatistics statistics() {
        RoundStatistics statistics = store.statistics(up, drops, FrameLayout.AERON_HEADER_BYTES, System.nanoTime());
        drops.clear();
        return statistics;
    }
}
