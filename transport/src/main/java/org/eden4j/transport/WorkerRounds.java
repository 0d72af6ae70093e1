package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.transport.sbe.MeanDecoder;
import org.eden4j.transport.sbe.RoundEndDecoder;

/**
 * One worker's side of the rounds: sends the update of the open exchange, and decodes the mean as it comes.
 *
 * <p>A mean that comes before the caller asks for its round (this worker missed the deadline) goes to a spare vector and
 * is handed over when it does; the one after that is not taken, so that it waits in the log.
 */
final class WorkerRounds {
    /** What became of a message. */
    enum Taken {
        /** Applied. */
        YES,
        /** Not yet its turn: to be offered again. */
        LATER,
        /** Not this round's, or not a frame of the mean: dropped. */
        NEVER
    }

    private final JobTerms terms;
    private final int index;
    private final Arena arena;
    private final int frameCount;
    private final UpdateSender sender;
    private final EndNotice end = new EndNotice();
    private final MeanReceiver receiver;
    private Request.Exchange exchange;
    private long round;
    private MemorySegment spare;
    private boolean spareUsed;
    /** Set once the round has ended. */
    private BitSet members;
    private BitSet contributors;
    /** Bytes of the Update and Mean frames of all rounds so far. */
    private long dataBytes;

    WorkerRounds(JobTerms terms, int index, Arena arena) {
        this.terms = terms;
        this.index = index;
        this.arena = arena;
        FrameLayout up = FrameLayout.of(terms.method(), terms.dimension(), terms.mtu());
        frameCount = up.frameCount();
        sender = new UpdateSender(up, arena);
        receiver = new MeanReceiver(FrameLayout.of(terms.downlink(), terms.dimension(), terms.mtu()), arena);
    }

    /** The round of the open exchange, or of the next. */
    long current() {
        return round;
    }

    void begin(Request.Exchange request) {
        exchange = request;
        sender.start(request.update, request.weight);
        end.start();
        if (spareUsed) {
            MemorySegment.copy(spare, 0, request.mean, 0, spare.byteSize());
            spareUsed = false;
        }
    }

    /** Sends up to {@code limit} frames of the open exchange's update, or its end where that is to be said. */
    int send(UplinkProxy uplink, int limit, long nowNs) {
        if (isEnded()) {
            return 0;
        }
        int sent = sender.send(uplink, terms, round, index, limit);
        boolean through = sent == 0 && sender.sentFrames() == frameCount;
        return through && terms.unreliable()
                ? end.send(uplink, terms.epoch(), round, index, frameCount, nowNs)
                : sent;
    }

    Taken mean(MeanDecoder mean, long payload, int payloadLength) {
        if (mean.round() < round) {
            return Taken.NEVER;
        }
        if (mean.round() > round || isEnded()) {
            return Taken.LATER;
        }
        if (!receiver.isNew(mean.frame(), mean.method(), payloadLength)) {
            return Taken.NEVER;
        }
        try {
            receiver.accept((int) mean.frame(), payload, terms.jobSeed(), round,
                    exchange != null ? exchange.mean : spare());
        } catch (MalformedPayloadException e) {
            throw new TransportException("frame " + mean.frame() + " of the mean of round " + round + " is damaged: "
                    + e.getMessage(), e);
        }
        return Taken.YES;
    }

    private MemorySegment spare() {
        if (spare == null) {
            spare = NativeMemory.allocate(arena, (long) terms.dimension() * Float.BYTES);
        }
        spareUsed = true;
        return spare;
    }

    Taken roundEnd(RoundEndDecoder roundEnd, BitSet endedMembers, BitSet endedContributors) {
        if (roundEnd.round() < round) {
            return Taken.NEVER;
        }
        if (roundEnd.round() > round || isEnded()) {
            return Taken.LATER;
        }
        if (!receiver.isComplete()) {
            throw new TransportException("round " + round + " ended with " + receiver.count() + " of "
                    + receiver.frameCount() + " frames of its mean received");
        }
        members = endedMembers;
        contributors = endedContributors;
        return Taken.YES;
    }

    /** Whether the current round has ended and its mean is complete, here or in the spare. */
    boolean isEnded() {
        return members != null;
    }

    long dataBytes() {
        return dataBytes;
    }

    /** Closes the current round, which has ended and whose exchange is open, and turns to the next. */
    RoundResult finish(long allBytes, long controlMark, long dropped) {
        long bytesUp = sender.sentBytes();
        long bytesDown = receiver.receivedBytes();
        long frames = sender.sentFrames() + receiver.count();
        dataBytes += bytesUp + bytesDown;
        RoundResult result = new RoundResult(round, members.cardinality(), contributors.cardinality(),
                contributors.get(index), WorkerSet.list(WorkerSet.without(members, contributors)), bytesUp, bytesDown,
                allBytes - dataBytes - controlMark, frames * terms.transportBytesPerFrame(), dropped);
        members = null;
        contributors = null;
        exchange = null;
        sender.stop();
        receiver.start();
        round++;
        return result;
    }
}
