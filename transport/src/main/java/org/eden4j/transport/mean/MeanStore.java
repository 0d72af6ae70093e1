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
 * The encoded mean of one round. Each frame is encoded once and sent from here to every member. Frames are kept in the
 * order in which they became ready, and every member's cursor follows that order. There are two stores, so that a slow
 * reader has a whole round's time to catch up.
 */
public final class MeanStore {
    private final FrameLayout layout;
    private final MemorySegment payloads;
    private final int[] ready;
    private final float[] weights;
    /** By frame: length of its payload in bytes. */
    private final int[] lengths;
    private int readyCount;

    private long round = -1;
    private boolean ended;
    /** Number of attempts at the round. */
    private int attempt;
    /** Members that the round waited for. */
    private BitSet members = new BitSet();
    /** Members whose update ended. */
    private BitSet contributors = new BitSet();
    /** Counted frames of updates that were not counted completely. */
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
    /** Largest value over all frames, NaN if that of any frame is unknown. */
    private double expectedError;
    /** By reason: number of frames of each worker that are in no mean. */
    private final Map<LeftOut.Reason, Map<Integer, Long>> leftOut = new EnumMap<>(LeftOut.Reason.class);

    public MeanStore(FrameLayout layout, Arena arena) {
        this.layout = layout;
        payloads = NativeMemory.allocate(arena, layout.maxPayloadBytes());
        ready = new int[layout.frameCount()];
        weights = new float[layout.frameCount()];
        lengths = new int[layout.frameCount()];
    }

    /** Returns the layout of the mean. */
    FrameLayout layout() {
        return layout;
    }

    /** Starts a round or another attempt at it; bytes and frames of all its attempts count. */
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

    /** Counts one uplink frame of this number of bytes and coordinates. */
    public void count(int bytes, int coordinates) {
        bytesUp += bytes;
        coordinatesUp += coordinates;
        framesUp++;
    }

    /** Counts one frame of a worker as left out. */
    public void leaveOut(int worker, LeftOut.Reason reason) {
        leftOut.computeIfAbsent(reason, _ -> new TreeMap<>()).merge(worker, 1L, Long::sum);
    }

    /** Returns the frames left out, by reason and worker. */
    public List<LeftOut> leftOut() {
        List<LeftOut> all = new ArrayList<>();
        leftOut.forEach((reason, byWorker) -> byWorker
            .forEach((worker, frames) -> all.add(new LeftOut(worker, reason, frames))));
        return all;
    }

    /**
     * Closes the round: all frames of its mean are in place.
     *
     * @param newContributors members whose update ended
     * @param newPartial counted frames of updates that were not counted completely
     * @param lostFrames frames of the contributors' updates that an unreliable uplink lost
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

    /** @param up the layout of updates */
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

    /** Returns the round, -1 before the first. */
    public long round() {
        return round;
    }

    public boolean isEnded() {
        return ended;
    }

    /** Returns the number of attempts at the round. */
    public int attempt() {
        return attempt;
    }

    /** Makes the round wait for these members as well. */
    public void await(BitSet expected) {
        members.or(expected);
    }

    /** Returns the members that the round waited for. */
    public BitSet members() {
        return members;
    }

    /** Returns the members whose update ended. */
    public BitSet contributors() {
        return contributors;
    }

    /** Returns the counted frames, by worker, of updates that were not counted completely. */
    public Map<Integer, BitSet> partial() {
        return partial;
    }

    /** Returns the memory of the payloads; a frame's payload starts at {@code layout.payloadOffset(frame)}. */
    public MemorySegment payloads() {
        return payloads;
    }

    /** Records a bound of the expected error of some coordinates; NaN if unknown. */
    void expect(double error) {
        expectedError = Math.max(expectedError, error);
    }

    /** Returns the bound of the mean's expected error, see {@link RoundStatistics#expectedError}; NaN if unknown. */
    public float expectedError() {
        return (float) expectedError;
    }

    /** Returns the length in bytes of a ready frame's payload. */
    public int payloadBytes(int frame) {
        return lengths[frame];
    }

    /**
     * Adds a frame whose payload has been encoded into its place.
     *
     * @param bytes length of the payload in bytes
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

    /** Sends the {@code position}-th ready frame; returns whether there was space. */
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

    /** Counts a frame that was sent to a member. */
    public void sent(int frame) {
        bytesDown += FrameLayout.HEADER_BYTES + lengths[frame];
        framesDown++;
        coordinatesDown += layout.coordinates(frame);
    }
}
