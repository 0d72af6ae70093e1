package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * The encoded mean of one round: each frame is encoded once and offered from here to every member. Frames are kept in
 * the order in which they became ready, in which every member's cursor walks them. There are two stores, so that a slow
 * reader has a whole round's time to catch up.
 */
final class MeanStore {
    private final FrameLayout layout;
    private final MemorySegment payloads;
    private final int[] ready;
    private final float[] weights;
    private int readyCount;

    long round = -1;
    boolean ended;
    /** Whom the round waited for. */
    BitSet members = new BitSet();
    /** Whose whole update was counted. */
    BitSet contributors = new BitSet();
    /** What is in the mean of those whose update was counted in part. */
    private List<PartialUpdate> partial = List.of();
    long firstFrameNs;
    private long collectingNs;
    private long lost;
    private long bytesUp;
    private long framesUp;
    private long bytesDown;
    private long framesDown;

    MeanStore(FrameLayout layout, Arena arena) {
        this.layout = layout;
        payloads = NativeMemory.allocate(arena, layout.totalPayloadBytes());
        ready = new int[layout.frameCount()];
        weights = new float[layout.frameCount()];
    }

    void open(long newRound) {
        round = newRound;
        readyCount = 0;
        ended = false;
        members = new BitSet();
        contributors = new BitSet();
        partial = List.of();
        bytesUp = 0;
        framesUp = 0;
        bytesDown = 0;
        framesDown = 0;
    }

    /** One uplink frame of this many bytes was counted. */
    void count(int bytes) {
        bytesUp += bytes;
        framesUp++;
    }

    void close(RoundCollector collected, long roundFirstFrameNs, long elapsedNs) {
        contributors = collected.contributors();
        partial = collected.partial();
        lost = collected.lostFrames();
        firstFrameNs = roundFirstFrameNs;
        collectingNs = elapsedNs;
        ended = true;
    }

    RoundStatistics statistics(DropCounters drops, int transportBytesPerFrame, Duration total) {
        return new RoundStatistics(round, members.cardinality(), WorkerSet.list(contributors),
                WorkerSet.list(WorkerSet.without(members, contributors)), partial, bytesUp, bytesDown,
                (framesUp + framesDown) * transportBytesPerFrame, drops.late, drops.duplicate, drops.stale,
                drops.foreign, drops.rejected, lost, drops.cutOff, Duration.ofNanos(collectingNs), total);
    }

    /** Where the payloads go; a frame's starts at {@code layout.payloadOffset(frame)}. */
    MemorySegment payloads() {
        return payloads;
    }

    /** A frame's payload is in place. */
    void add(int frame, float weight) {
        weights[frame] = weight;
        ready[readyCount++] = frame;
    }

    int readyCount() {
        return readyCount;
    }

    /** Sends the {@code position}-th ready frame; whether there was room. */
    boolean send(DownlinkProxy downlink, int epoch, int position) {
        int frame = ready[position];
        int length = layout.payloadBytes(frame);
        if (!downlink.mean(epoch, round, layout.method().wireId(), frame, weights[frame],
                payloads.address() + layout.payloadOffset(frame), length)) {
            return false;
        }
        bytesDown += FrameLayout.HEADER_BYTES + length;
        framesDown++;
        return true;
    }
}
