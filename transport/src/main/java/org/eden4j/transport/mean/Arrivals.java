package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/**
 * The frames of each worker's update that have arrived in the open round, with their weights, and the payloads that
 * wait to be added. Memory: at most one round of payloads, allocated by worker when first needed. Not thread-safe.
 */
final class Arrivals {
    private final FrameLayout layout;
    private final int workers;
    private final Arena arena;
    private final BitSet[] arrived;
    /** By worker: frames with a block that no encoder produces; none of their blocks is added. */
    private final BitSet[] malformed;
    private final int[] missing;
    private final float[] weights;
    /** By worker: early payloads, each frame's at {@code layout.payloadOffset(frame)}. */
    private final MemorySegment[] waiting;
    /** Members with a malformed frame. */
    private final BitSet damaged = new BitSet();
    /** Members whose update has ended with frames missing. */
    private final BitSet ended = new BitSet();

    Arrivals(FrameLayout layout, int workers, Arena arena) {
        this.layout = layout;
        this.workers = workers;
        this.arena = arena;
        arrived = new BitSet[workers];
        Arrays.setAll(arrived, _ -> new BitSet(layout.frameCount()));
        malformed = new BitSet[workers];
        Arrays.setAll(malformed, _ -> new BitSet());
        missing = new int[workers];
        weights = new float[workers];
        waiting = new MemorySegment[workers];
    }

    /** Discards all arrivals. */
    void clear() {
        damaged.clear();
        ended.clear();
        for (int worker = 0; worker < workers; worker++) {
            arrived[worker].clear();
            malformed[worker].clear();
            missing[worker] = layout.frameCount();
        }
    }

    /** Records the arrival of a frame. */
    void add(int worker, int frame, float weight) {
        weights[worker] = weight;
        arrived[worker].set(frame);
        missing[worker]--;
    }

    boolean has(int worker, int frame) {
        return arrived[worker].get(frame);
    }

    /** Returns whether any frame of this worker has arrived. */
    boolean hasAny(int worker) {
        return missing[worker] < layout.frameCount();
    }

    /** Returns whether all frames of this worker have arrived. */
    boolean isWhole(int worker) {
        return missing[worker] == 0;
    }

    float weight(int worker) {
        return weights[worker];
    }

    /** Marks an arrived frame as malformed: none of its blocks counts. */
    void leaveOut(int worker, int frame) {
        damaged.set(worker);
        malformed[worker].set(frame);
    }

    boolean isLeftOut(int worker, int frame) {
        return malformed[worker].get(frame);
    }

    /** Keeps a copy of a payload that waits, given its address. */
    void keep(int worker, int frame, long payload, int bytes) {
        if (waiting[worker] == null) {
            waiting[worker] = NativeMemory.allocate(arena, layout.maxPayloadBytes());
        }
        MemorySegment.copy(NativeMemory.ALL, payload, waiting[worker], layout.payloadOffset(frame), bytes);
    }

    /** Returns a worker's waiting payloads, each at {@code layout.payloadOffset(frame)}. */
    MemorySegment waiting(int worker) {
        return waiting[worker];
    }

    /** Ends this worker's update. */
    void end(int worker) {
        ended.set(worker);
    }

    /** Returns the counted frames of workers whose update ended, or was added, incompletely. */
    Map<Integer, BitSet> partial() {
        Map<Integer, BitSet> partial = new TreeMap<>();
        for (int worker = 0; worker < workers; worker++) {
            BitSet counted = (BitSet) arrived[worker].clone();
            counted.andNot(malformed[worker]);
            if ((ended.get(worker) || !counted.isEmpty()) && counted.cardinality() < layout.frameCount()) {
                partial.put(worker, counted);
            }
        }
        return partial;
    }

    /** Returns members whose update has arrived, at least in part, and has weight zero. */
    BitSet weightless() {
        BitSet weightless = new BitSet();
        for (int worker = 0; worker < workers; worker++) {
            weightless.set(worker, hasAny(worker) && weights[worker] == 0);
        }
        return weightless;
    }

    /** Returns the number of lost frames of updates that have ended. */
    int lostFrames() {
        return ended.stream().map(worker -> missing[worker]).sum();
    }

    /** Returns members whose update has ended and is well-formed. */
    BitSet contributors() {
        BitSet whole = new BitSet();
        for (int worker = 0; worker < workers; worker++) {
            if ((missing[worker] == 0 || ended.get(worker)) && !damaged.get(worker)) {
                whole.set(worker);
            }
        }
        return whole;
    }
}
