package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.state.FrameRanges;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.WorkerSet;

/**
 * The encoded mean of one round: each frame is encoded once and offered from here to every member. Frames are kept in
 * the order in which they became ready, in which every member's cursor walks them. There are two stores, so that a slow
 * reader has a whole round's time to catch up.
 */
public final class MeanStore {
    private final FrameLayout layout;
    private final MemorySegment payloads;
    private final int[] ready;
    private final float[] weights;
    /** By frame: bytes of its payload. */
    private final int[] lengths;
    private int readyCount;

    private long round = -1;
    private boolean ended;
    /** How often the round was begun. */
    private int attempt;
    /** Whom the round waited for. */
    private BitSet members = new BitSet();
    /** Whose update came to its end. */
    private BitSet contributors = new BitSet();
    /** Frames that were counted of updates that were not counted as a whole. */
    private Map<Integer, BitSet> partial = Map.of();
    private long firstFrameNs;
    private long closedNs;
    private long encodingNs;
    private long coordinatesUp;
    private long coordinatesDown;
    private long lost;
    private long bytesUp;
    private long framesUp;
    private long bytesDown;
    private long framesDown;
    /** The largest of all frames, NaN once that of one is not known. */
    private double expectedError;
    /** By reason: how many frames of each worker are in no mean. */
    private final Map<LeftOut.Reason, Map<Integer, Long>> leftOut = new EnumMap<>(LeftOut.Reason.class);

    public MeanStore(FrameLayout layout, Arena arena) {
        this.layout = layout;
        payloads = NativeMemory.allocate(arena, layout.maxPayloadBytes());
        ready = new int[layout.frameCount()];
        weights = new float[layout.frameCount()];
        lengths = new int[layout.frameCount()];
    }

    /** How the mean travels. */
    FrameLayout layout() {
        return layout;
    }

    /** Starts a round, or another attempt of it: bytes and frames of all its attempts count. */
    public void open(long newRound) {
        boolean again = newRound == round;
        attempt = again ? attempt + 1 : 1;
        round = newRound;
        readyCount = 0;
        expectedError = 0;
        partial = Map.of();
        ended = false;
        members = new BitSet();
        contributors = new BitSet();
        if (!again) {
            leftOut.clear();
            bytesUp = 0;
            framesUp = 0;
            bytesDown = 0;
            framesDown = 0;
            coordinatesUp = 0;
            coordinatesDown = 0;
            encodingNs = 0;
        }
    }

    /** One uplink frame of this many bytes and coordinates was counted. */
    public void count(int bytes, int coordinates) {
        bytesUp += bytes;
        coordinatesUp += coordinates;
        framesUp++;
    }

    /** One frame of a worker is not counted. */
    public void leaveOut(int worker, LeftOut.Reason reason) {
        leftOut.computeIfAbsent(reason, _ -> new TreeMap<>()).merge(worker, 1L, Long::sum);
    }

    /** What is not counted, by reason and worker. */
    public List<LeftOut> leftOut() {
        List<LeftOut> all = new ArrayList<>();
        leftOut.forEach((reason, byWorker) -> byWorker
            .forEach((worker, frames) -> all.add(new LeftOut(worker, reason, frames))));
        return all;
    }

    /**
     * The round has ended: all frames of its mean are in place.
     *
     * @param newContributors whose update came to its end
     * @param newPartial frames that were counted of updates that were not counted as a whole
     * @param lostFrames frames that an unreliable uplink lost of the contributors' updates
     */
    public void close(BitSet newContributors, Map<Integer, BitSet> newPartial, int lostFrames, long roundFirstFrameNs,
            long nowNs) {
        contributors = newContributors;
        partial = newPartial;
        lost = lostFrames;
        firstFrameNs = roundFirstFrameNs;
        closedNs = nowNs;
        ended = true;
    }

    /** @param up how updates travel */
    public RoundStatistics statistics(FrameLayout up, DropCounters drops, int transportBytesPerFrame, long nowNs) {
        return new RoundStatistics(round, attempt, members.cardinality(), WorkerSet.list(contributors),
                WorkerSet.list(WorkerSet.without(members, contributors)), FrameRanges.of(up, partial), leftOut(),
                bytesUp,
                bytesDown,
                (framesUp + framesDown) * transportBytesPerFrame, drops.get(Drop.LATE), drops.get(Drop.DUPLICATE),
                drops.get(Drop.STALE),
                drops.get(Drop.FOREIGN), drops.get(Drop.REJECTED), lost, drops.get(Drop.CUT_OFF),
                drops.get(Drop.RESYNC), drops.get(Drop.DIVERGED),
                wireBits(bytesUp, coordinatesUp), wireBits(bytesDown, coordinatesDown), known(expectedError),
                Duration.ofNanos(closedNs - firstFrameNs), Duration.ofNanos(encodingNs),
                Duration.ofNanos(nowNs - closedNs), Duration.ofNanos(nowNs - firstFrameNs));
    }

    private static OptionalDouble known(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static double wireBits(long bytes, long coordinates) {
        return coordinates == 0 ? 0 : (double) bytes * Byte.SIZE / coordinates;
    }

    /** The round, -1 before the first. */
    public long round() {
        return round;
    }

    public boolean isEnded() {
        return ended;
    }

    /** How often the round was begun. */
    public int attempt() {
        return attempt;
    }

    /** The round waits for these, too. */
    public void await(BitSet expected) {
        members.or(expected);
    }

    /** Whom the round waited for. */
    public BitSet members() {
        return members;
    }

    /** Whose update came to its end. */
    public BitSet contributors() {
        return contributors;
    }

    /** Frames that were counted, by worker, of updates that were not counted as a whole. */
    public Map<Integer, BitSet> partial() {
        return partial;
    }

    /** Where the payloads go; a frame's starts at {@code layout.payloadOffset(frame)}. */
    public MemorySegment payloads() {
        return payloads;
    }

    /** The mean of some coordinates has at most so large an expected error; NaN if that is not known. */
    void expect(double error) {
        expectedError = Math.max(expectedError, error);
    }

    /** The most that the mean's error is expected to be, see {@link RoundStatistics#expectedError}; NaN if not known. */
    public float expectedError() {
        return (float) expectedError;
    }

    /** Bytes of a frame's payload that is ready. */
    public int payloadBytes(int frame) {
        return lengths[frame];
    }

    /**
     * Adds a frame whose payload was encoded into its place.
     *
     * @param bytes length of the payload
     * @param tookNs time to encode it, in nanoseconds
     */
    void add(int frame, int bytes, float weight, long tookNs) {
        encodingNs += tookNs;
        lengths[frame] = bytes;
        weights[frame] = weight;
        ready[readyCount++] = frame;
    }

    public int readyCount() {
        return readyCount;
    }

    /** Sends the {@code position}-th ready frame; whether there was room. */
    public boolean send(DownlinkProxy downlink, int epoch, int position) {
        int frame = ready[position];
        int length = lengths[frame];
        if (!downlink.mean(epoch, round, layout.wireId(), frame, weights[frame],
                payloads.address() + layout.payloadOffset(frame), length)) {
            return false;
        }
        sent(frame);
        return true;
    }

    /** A frame has gone to a member. */
    public void sent(int frame) {
        bytesDown += FrameLayout.HEADER_BYTES + lengths[frame];
        framesDown++;
        coordinatesDown += layout.coordinates(frame);
    }
}
