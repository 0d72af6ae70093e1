package org.eden4j.transport.local;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks.Run;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.state.FrameRanges;
import org.eden4j.transport.state.SharedModel;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobFrames;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerSet;

/**
 * A member of a local job. Its update is encoded, and the mean copied, in the calling thread. Takes a round's payloads,
 * and 8 bytes per coordinate for error feedback.
 */
final class LocalMember implements Member {
    private final Meeting meeting;
    private final LocalTerms terms;
    private final int dimension;
    private final Place place;
    private final LocalMean common;
    private final JobFrames frames;
    /** Residual of compression; null if it is dropped. */
    private final ErrorFeedback feedback;
    /** Contribution of the last round's phase; null before the first round. */
    private Contribution contribution;
    /** Model to which means are added; null if there is none. */
    private MemorySegment model;
    private volatile RuntimeException failure;

    LocalMember(Meeting meeting, Agreed agreed, int wanted, boolean errorFeedback) {
        this.meeting = meeting;
        terms = meeting.terms();
        dimension = agreed.layout().dimension();
        place = meeting.join(agreed, wanted, this);
        common = meeting.mean();
        frames = common.frames();
        feedback = errorFeedback ? new ErrorFeedback(dimension) : null;
    }

    @Override
    public int index() {
        return place.index;
    }

    @Override
    public int workers() {
        return terms.workers();
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public long jobSeed() {
        return terms.jobSeed();
    }

    @Override
    public Method method() {
        return terms.method();
    }

    @Override
    public Method downlink() {
        return terms.downlink();
    }

    @Override
    public long round() {
        synchronized (meeting) {
            return place.round;
        }
    }

    @Override
    public void shareModel(MemorySegment model) {
        check(model, "model", true);
        share(model, null);
    }

    @Override
    public void shareModel(MemorySegment model, Replica remainder) {
        check(model, "model", true);
        share(model, Objects.requireNonNull(remainder));
    }

    @Override
    public void shareState(Replica replica) {
        share(null, Objects.requireNonNull(replica));
    }

    private synchronized void share(MemorySegment shared, Replica replica) {
        if (replica != null) {
            Protocol.checkReplica(replica.stateBytes(), dimension);
        }
        checkOpen();
        try {
            meeting.share(place, this, shared, replica);
        } catch (TransportException e) {
            throw left(e);
        }
        model = shared;
    }

    @Override
    public synchronized RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        Protocol.checkWeight(weight);
        check(update, "update", false);
        check(mean, "mean", true);
        checkOpen();
        try {
            long round = round();
            if (meeting.isResynchronised(place, this)) {
                return resynchronised(round);
            }
            if (contribution == null || contribution.layout() != frames.up(round)) {
                contribution = new Contribution(frames.up(round), feedback);
            }
            contribution.encode(update, weight, terms.jobSeed(), round, place.index);
            RoundEnd end = meeting.arrive(place, this, contribution);
            return take(end, mean);
        } catch (IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw left(e);
        }
    }

    /** Gives the caller the mean of an ended round. */
    private RoundResult take(RoundEnd end, MemorySegment mean) {
        FrameLayout up = frames.up(end.round());
        FrameLayout down = frames.down(end.round());
        List<Run> runs = down.blocks().runs();
        for (Run run : runs) {
            long first = (long) Float.BYTES * run.first();
            MemorySegment.copy(common.values(), first, mean, first, (long) Float.BYTES * run.end() - first);
        }
        if (model != null) {
            SharedModel.add(mean, runs, model);
        }
        BitSet counted = end.counted(place.index, up.frameCount());
        if (feedback != null) {
            FrameRanges.of(up, counted).forEach(range -> feedback.commit(range.first(), range.end()));
        }
        long sent = (long) up.frameCount() * end.attempts() + down.frameCount();
        return new RoundResult(end.round(), end.attempts(), end.members().cardinality(),
                end.contributors().cardinality(), WorkerSet.list(end.contributors()),
                FrameRanges.of(up, end.partial()), false, FrameRanges.without(up, counted),
                WorkerSet.list(WorkerSet.without(end.members(), end.contributors())),
                contribution.bytes() * end.attempts(), end.bytesDown(), 0, sent * FrameLayout.AERON_HEADER_BYTES, 0,
                Float.isNaN(end.expectedError()) ? OptionalDouble.empty() : OptionalDouble.of(end.expectedError()));
    }

    /** Returns the result of a round that ended without this member, whose update was not counted. */
    private RoundResult resynchronised(long round) {
        return new RoundResult(round, 0, 0, 0, List.of(), Map.of(), true,
                FrameRanges.without(frames.up(round), new BitSet()),
                List.of(), 0, 0, 0, 0, 0, OptionalDouble.empty());
    }

    @Override
    public synchronized void pause() {
        checkOpen();
        meeting.pause(place, this);
    }

    private void checkOpen() {
        RuntimeException reason = failure;
        if (reason != null) {
            throw new TransportException(reason.getMessage(), reason);
        }
    }

    private void check(MemorySegment vector, String name, boolean written) {
        Protocol.checkVector(vector, name, dimension, written);
    }

    /** Leaves the job for this reason, and returns it. */
    private RuntimeException left(RuntimeException reason) {
        if (failure == null) {
            failure = reason;
        }
        meeting.leave(place, this);
        return reason;
    }

    @Override
    public void close() {
        left(new TransportException("this worker is closed"));
    }
}
