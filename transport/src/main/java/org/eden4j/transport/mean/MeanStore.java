package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.FrameRanges;
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
    private int readyCount;

    public long round = -1;
    public boolean ended;
    /** How often the round was begun. */
    public int attempt;
    /** Whom the round waited for. */
    public BitSet members = new BitSet();
    /** Whose update came to its end. */
    public BitSet contributors = new BitSet();
    /** Frames that were counted of updates that were not counted as a whole. */
    public Map<Integer, BitSet> partial = Map.of();
    long firstFrameNs;
    private long closedNs;
    private long encodingNs;
    private long coordinatesUp;
    private long coordinatesDown;
    private long lost;
    private long bytesUp;
    private long framesUp;
    private long bytesDown;
    private long framesDown;

    public MeanStore(FrameLayout layout, Arena arena) {
        this.layout = layout;
        payloads = NativeMemory.allocate(arena, layout.totalPayloadBytes());
        ready = new int[layout.frameCount()];
        weights = new float[layout.frameCount()];
    }

    public void open(long newRound) {
        attempt = newRound == round ? attempt + 1 : 1;
        round = newRound;
        readyCount = 0;
        partial = Map.of();
        ended = false;
        members = new BitSet();
        contributors = new BitSet();
        bytesUp = 0;
        framesUp = 0;
        bytesDown = 0;
        framesDown = 0;
        coordinatesUp = 0;
        coordinatesDown = 0;
        encodingNs = 0;
    }

    /** One uplink frame of this many bytes and coordinates was counted. */
    public void count(int bytes, int coordinates) {
        bytesUp += bytes;
        coordinatesUp += coordinates;
        framesUp++;
    }

    public void close(RoundCollector collected, long roundFirstFrameNs, long nowNs) {
        contributors = collected.contributors();
        partial = collected.partial();
        lost = collected.lostFrames();
        firstFrameNs = roundFirstFrameNs;
        closedNs = nowNs;
        ended = true;
    }

    /** @param up how updates travel */
    public RoundStatistics statistics(FrameLayout up, DropCounters drops, int transportBytesPerFrame, long nowNs) {
        return new RoundStatistics(round, attempt, members.cardinality(), WorkerSet.list(contributors),
                WorkerSet.list(WorkerSet.without(members, contributors)), FrameRanges.of(up, partial), bytesUp,
                bytesDown,
                (framesUp + framesDown) * transportBytesPerFrame, drops.late, drops.duplicate, drops.stale,
                drops.foreign, drops.rejected, lost, drops.cutOff, drops.resyncs,
                wireBits(bytesUp, coordinatesUp), wireBits(bytesDown, coordinatesDown),
                Duration.ofNanos(closedNs - firstFrameNs), Duration.ofNanos(encodingNs),
                Duration.ofNanos(nowNs - closedNs), Duration.ofNanos(nowNs - firstFrameNs));
    }

    private static double wireBits(long bytes, long coordinates) {
        return coordinates == 0 ? 0 : (double) bytes * Byte.SIZE / coordinates;
    }

    /** Where the payloads go; a frame's starts at {@code layout.payloadOffset(frame)}. */
    public MemorySegment payloads() {
        return payloads;
    }

    /** A frame's payload is in place; it took so long to encode. */
    void add(int frame, float weight, long tookNs) {
        encodingNs += tookNs;
        weights[frame] = weight;
        ready[readyCount++] = frame;
    }

    public int readyCount() {
        return readyCount;
    }

    /** Sends the {@code position}-th ready frame; whether there was room. */
    public boolean send(DownlinkProxy downlink, int epoch, int position) {
        int frame = ready[position];
        int length = layout.payloadBytes(frame);
        if (!downlink.mean(epoch, round, layout.method().wireId(), frame, weights[frame],
                payloads.address() + layout.payloadOffset(frame), length)) {
            return false;
        }
        bytesDown += FrameLayout.HEADER_BYTES + length;
        framesDown++;
        coordinatesDown += layout.end(frame) - layout.first(frame);
        return true;
    }
}
