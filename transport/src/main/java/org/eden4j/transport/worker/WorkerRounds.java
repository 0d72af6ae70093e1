package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks.Run;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.sbe.MeanDecoder;
import org.eden4j.transport.sbe.PartialDecoder;
import org.eden4j.transport.sbe.RoundEndDecoder;
import org.eden4j.transport.state.FrameRanges;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.LinkLostException;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.UplinkProxy;
import org.eden4j.transport.wire.WorkerSet;

/**
 * One worker's side of the rounds: sends the update of the open exchange, and decodes the mean as it arrives.
 *
 * <p>A mean that arrives before the caller requests its round (this worker missed the deadline) is decoded into a spare
 * vector and returned when the caller does; the next mean is not accepted and waits in the log. So does a mean that
 * would overwrite its own update, which may have to be sent again.
 */
final class WorkerRounds {
    /** The outcome of a message. */
    enum Taken {
        /** Applied. */
        YES,
        /** Not due yet: to be offered again. */
        LATER,
        /** A message of another round, or not a frame of the mean: dropped. */
        NEVER
    }

    private final JobTerms terms;
    private final int index;
    private final Arena arena;
    private final LongWork work;
    /** Layouts of the round's phase, as for the next two fields. */
    private FrameLayout up;
    private UpdateSender sender;
    private MeanReceiver receiver;
    private final EndNotice end = new EndNotice();
    private final Ledger ledger;
    /** Residual of compression, null if it is dropped. */
    private final ErrorFeedback feedback;
    private Request.Exchange exchange;
    /** Frames of the open exchange's update that were encoded before it started again. */
    private int encodedFrames;
    private long round;
    /** Round that had ended before this worker reached it, so that nothing of its own counts; -1 if there is none. */
    private long lateRound = -1;
    private MemorySegment spare;
    /** Target of the round's mean; null until its first frame. */
    private MemorySegment target;
    private final Map<Integer, BitSet> partial = new TreeMap<>();
    private int attempts;
    /** Expected error of the mean, NaN if unknown. */
    private float expectedError;
    /** Members of the round; set once it has ended. */
    private BitSet members;
    private BitSet contributors;
    /** Bytes of the Update and Mean frames of all rounds so far. */
    private long dataBytes;

    WorkerRounds(JobTerms terms, int index, boolean errorFeedback, LongWork work, Arena arena) {
        this.work = work;
        this.terms = terms;
        this.index = index;
        this.arena = arena;
        feedback = errorFeedback ? new ErrorFeedback(terms.frames().dimension()) : null;
        ledger = new Ledger(terms.workers(), terms.frames().mostFrames());
        lay();
    }

    /** Switches to the frames of the current round. */
    private void lay() {
        if (up != terms.up(round)) {
            up = terms.up(round);
            sender = new UpdateSender(up, feedback == null ? Method::codec : feedback::encoder, arena);
            receiver = new MeanReceiver(terms.down(round), arena);
        }
    }

    /** Returns the round of the open exchange, or of the next one. */
    long current() {
        return round;
    }

    /** Returns the ledger up to the current round. */
    Ledger ledger() {
        return ledger;
    }

    void begin(Request.Exchange request) {
        exchange = request;
        encodedFrames = 0;
        sender.start(request.update, request.weight);
        end.start();
    }

    /** Starts the round again, possibly on another link: received frames of its mean are void, and the update is sent again. */
    void restart() {
        receiver.start();
        target = null;
        partial.clear();
        members = null;
        contributors = null;
        if (exchange != null) {
            encodedFrames = Math.max(encodedFrames, sender.sentFrames());
            sender.start(exchange.update, exchange.weight);
            end.start();
        }
    }

    /** Handles the loss of the link: the round starts again on another one, whose aggregator has not announced the attempt. */
    void disconnect() {
        end.forget();
        restart();
    }

    /** Handles another attempt at this round; a worker that does not take part in it yet has nothing to send again. */
    void retry(long retriedRound, int attempt, boolean takesPart) {
        end.retry(retriedRound, attempt);
        if (takesPart && retriedRound == round) {
            restart();
        }
    }

    /** Handles another aggregator's notice that this round is open: a round that had ended with the former one starts again. */
    void reopen() {
        lateRound = -1;
    }

    int send(UplinkProxy uplink, int epoch, int limit, long nowNs) {
        if (isEnded() || round == lateRound) {
            return 0;
        }
        int sent = sender.send(uplink, terms.withEpoch(epoch), round, index, limit);
        return sent == 0 && terms.unreliable() && sender.sentFrames() == up.frameCount()
                ? end.send(uplink, epoch, round, index, up.frameCount(), nowNs) : sent;
    }

    Taken mean(MeanDecoder mean, long payload, int payloadLength) {
        if (mean.round() < round) {
            return Taken.NEVER;
        }
        if (isEnded()) {
            return Taken.LATER;
        }
        checkGap(mean.round());
        if (!receiver.isNew(mean.frame(), mean.method(), payload, payloadLength)) {
            return Taken.NEVER;
        }
        if (target == null) {
            target = exchange == null || exchange.update.asOverlappingSlice(exchange.mean).isPresent() ? spare()
                    : exchange.mean;
        }
        try {
            receiver.accept((int) mean.frame(), payload, payloadLength, terms.jobSeed(), round, target);
        } catch (MalformedPayloadException e) {
            throw new TransportException("frame " + mean.frame() + " of the mean of round " + round + " is damaged: "
                    + e.getMessage(), e);
        }
        return Taken.YES;
    }

    /** Checks that rounds arrive in order: a message of a later round shows that the end of this one is missing. */
    private void checkGap(long sentRound) {
        if (sentRound > round) {
            throw new LinkLostException("round " + sentRound + " came before the end of round " + round);
        }
    }

    private MemorySegment spare() {
        if (spare == null) {
            long bytes = terms.vectorBytes();
            spare = work.call(bytes, () -> NativeMemory.allocate(arena, bytes));
        }
        return spare;
    }

    Taken partial(PartialDecoder message, BitSet frames) {
        if (message.round() < round || message.worker() >= terms.workers()) {
            return Taken.NEVER;
        }
        if (isEnded()) {
            return Taken.LATER;
        }
        checkGap(message.round());
        BitSet counted = partial.computeIfAbsent(message.worker(), _ -> new BitSet());
        long first = message.firstFrame();
        frames.stream()
            .filter(frame -> first + frame < up.frameCount())
            .forEach(frame -> counted.set((int) first + frame));
        return Taken.YES;
    }

    Taken roundEnd(RoundEndDecoder roundEnd, BitSet endedMembers, BitSet endedContributors) {
        if (roundEnd.round() < round) {
            return Taken.NEVER;
        }
        if (isEnded()) {
            return Taken.LATER;
        }
        checkGap(roundEnd.round());
        if (!receiver.isComplete()) {
            throw new LinkLostException("round " + round + " ended with " + receiver.count() + " of "
                    + receiver.frameCount() + " frames of its mean received");
        }
        attempts = roundEnd.attempt();
        expectedError = roundEnd.expectedError();
        members = endedMembers;
        contributors = endedContributors;
        return Taken.YES;
    }

    /** Returns whether the current round has ended and its mean is complete, in the target or in the spare. */
    boolean isEnded() {
        return members != null;
    }

    long dataBytes() {
        return dataBytes;
    }

    /** Closes the current round, which has ended and whose exchange is open, and moves to the next. */
    RoundResult finish(long allBytes, long controlMark, long dropped) {
        if (!target.equals(exchange.mean)) {
            work.run(exchange.mean.byteSize(), () -> copyTravelling(target, exchange.mean));
        }
        ledger.enter(round, contributors, new TreeMap<>(partial));
        RoundResult result = result(round, false, allBytes, controlMark, dropped);
        turn(round + 1);
        return result;
    }

    private void copyTravelling(MemorySegment from, MemorySegment to) {
        for (Run run : terms.down().blocks().runs()) {
            long first = (long) Float.BYTES * run.first();
            MemorySegment.copy(from, first, to, first, (long) Float.BYTES * run.end() - first);
        }
    }

    /**
     * Continues from another round, whose state this worker received with the ledger; the open exchange, if any, is
     * over.
     *
     * @param ended whether the new round has ended, so that this worker cannot take part in it
     * @param counted whether this worker has ever sent anything that the ledger could contain
     */
    RoundResult jump(long newRound, boolean ended, boolean counted, long allBytes, long controlMark, long dropped) {
        members = new BitSet();
        contributors = new BitSet();
        partial.clear();
        attempts = 0;
        expectedError = Float.NaN;
        RoundResult result = result(counted ? round : -1, true, allBytes, controlMark, dropped);
        turn(newRound);
        lateRound = ended ? newRound : -1;
        return result;
    }

    /** @param ledgerRound the round whose entry has the counted frames of this worker's update */
    private RoundResult result(long ledgerRound, boolean resynchronised, long allBytes, long controlMark,
            long dropped) {
        long bytesUp = sender.sentBytes();
        long bytesDown = receiver.receivedBytes();
        long frames = sender.allSentFrames() + receiver.allReceived();
        dataBytes += bytesUp + bytesDown;
        BitSet counted = ledgerRound < 0 || ledgerRound == lateRound ? new BitSet()
                : ledger.counted(index, ledgerRound);
        commit(counted);
        List<CoordinateRange> uncounted = FrameRanges.without(up, counted);
        return new RoundResult(round, attempts, members.cardinality(), contributors.cardinality(),
                WorkerSet.list(contributors), FrameRanges.of(up, partial), resynchronised,
                uncounted, WorkerSet.list(WorkerSet.without(members, contributors)), bytesUp, bytesDown,
                allBytes - dataBytes - controlMark, frames * terms.transportBytesPerFrame(), dropped,
                Float.isNaN(expectedError) ? OptionalDouble.empty() : OptionalDouble.of(expectedError));
    }

    /**
     * Adds the residual of the counted frames to the next update; the caller alone carries uncounted coordinates.
     * Frames sent by another process of this worker have no residual here, nor do those of an update of weight 0.
     */
    private void commit(BitSet counted) {
        if (feedback == null || exchange == null || exchange.weight == 0) {
            return;
        }
        int encoded = Math.max(encodedFrames, sender.sentFrames());
        int origin = up.firstCoordinate();
        FrameRanges.of(up, counted.get(0, encoded))
            .forEach(range -> feedback.commit(range.first() - origin, range.end() - origin));
    }

    private void turn(long next) {
        exchange = null;
        sender.stop();
        round = next;
        lay();
        restart();
        receiver.startRound();
        lateRound = -1;
    }
}
