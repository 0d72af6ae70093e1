package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/**
 * Adds the frames of each round in worker order, in whatever order they arrive, and encodes each frame of the mean as
 * soon as no frame that it overlaps is awaited any more.
 *
 * <pre>
 * mean of a block = (sum over contributors, in worker order, of weight * decoded) * (float) (1 / sum of those weights)
 * </pre>
 *
 * <p>A frame waits compressed while its predecessors in worker order are awaited, see {@link Arrivals}. If payloads are
 * small compared with the sum, all contributions to a frame wait until the last one arrives: adding them at once, and
 * encoding the mean right after, finds the sum in the processor's cache every time but the first. A caller with time to
 * spare adds the available contributions with {@link #addEarly}, so that little work remains when a straggler's arrive.
 * Contributions that no longer wait because a member was dropped are added one frame at a time by {@link #addDue},
 * since they may be the whole round. Weights are summed by block: a block that nobody delivered has mean zero.
 * {@link MeanEncoder} has the sum and {@link Arrivals} the waiting payloads; no worker's vector is decoded on its own.
 *
 * <p>Not thread-safe.
 */
public final class RoundCollector {
    private static final int NOBODY = -1;
    /** Ratio of coordinates to payload from which payloads count as small. */
    private static final int SMALL = 2;

    private final FrameLayout up;
    private final int workers;
    private final Arrivals arrivals;
    private final MeanEncoder mean;
    /** By uplink frame: the worker whose contribution is added next, or {@link #workers} if done. */
    private final int[] next;
    /** True if a frame's contributions are added together. */
    private final boolean together;
    /** By uplink frame: number of awaited members that have not delivered it. */
    private final int[] missing;
    /** Frames with waiting contributions whose turn may have come. */
    private final BitSet kept;
    /** Frames that waited for a dropped member and no longer wait, see {@link #addDue}. */
    private final BitSet due;
    /** Frames with contributions in the sum. */
    private final BitSet begun;
    private final BitSet expected = new BitSet();
    /** By worker: offset of the next block in the frame being added. */
    private final long[] position;
    private MeanStore store;
    private long round;

    public RoundCollector(FrameLayout up, FrameLayout down, int workers, long jobSeed, Arena arena) {
        this.up = up;
        this.workers = workers;
        arrivals = new Arrivals(up, workers, arena);
        mean = new MeanEncoder(up, down, workers, jobSeed, arena);
        together = up.maxPayloadBytes() * SMALL <= (long) up.coordinates() * Float.BYTES;
        position = new long[workers];
        next = new int[up.frameCount()];
        missing = new int[up.frameCount()];
        kept = new BitSet(up.frameCount());
        due = new BitSet(up.frameCount());
        begun = new BitSet(up.frameCount());
    }

    /** Starts a round that waits for {@code members}; its mean is written to {@code target}. */
    public void open(long newRound, BitSet members, MeanStore target) {
        round = newRound;
        store = target;
        mean.open(newRound, target);
        arrivals.clear();
        expect(members);
    }

    /** Changes the members that the round waits for; allowed only before its first frame arrives. */
    public void expect(BitSet members) {
        expected.clear();
        expected.or(members);
        Arrays.fill(next, expected.isEmpty() ? workers : expected.nextSetBit(0));
        Arrays.fill(missing, expected.cardinality());
        kept.clear();
        due.clear();
        begun.clear();
    }

    public BitSet expected() {
        return expected;
    }

    /** Discards all arrivals of the open round and starts it again. */
    public void reopen(BitSet members, MeanStore target) {
        mean.clear();
        open(round, members, target);
    }

    /**
     * Returns whether a frame of this worker can still be added in its turn: no contribution of a later worker has been
     * added.
     */
    public boolean isInTime(int worker, int frame) {
        return expected.get(worker) || next[frame] < worker;
    }

    /** Returns whether any frame of this worker has arrived. */
    public boolean hasContributed(int worker) {
        return arrivals.hasAny(worker);
    }

    /** Returns the counted frames of workers whose update ended, or was added, incompletely. */
    public Map<Integer, BitSet> partial() {
        return arrivals.partial();
    }

    /** Returns members whose update has weight zero. */
    public BitSet weightless() {
        return arrivals.weightless();
    }

    public boolean hasArrived(int worker, int frame) {
        return arrivals.has(worker, frame);
    }

    /** Returns whether a frame of this worker arrived earlier with a different weight. */
    public boolean contradictsWeight(int worker, float weight) {
        return arrivals.hasAny(worker) && Float.compare(arrivals.weight(worker), weight) != 0;
    }

    /**
     * Accepts one frame that has not arrived before, is in time, and whose payload {@link FrameLayout#fits}. A frame
     * with a malformed block is no longer awaited, and is left out as a whole: members learn the counted frames, and
     * send the others again.
     *
     * @param payload the address of the payload
     * @return the number of frames left out
     */
    public int accept(int worker, int frame, float weight, long payload, int payloadBytes) {
        arrivals.add(worker, frame, weight);
        if (expected.get(worker)) {
            missing[frame]--;
        }
        LeftOut.Reason flaw = mean.flaw(worker, frame, payload);
        int malformed = flaw == null ? 0 : leaveOut(worker, frame, flaw);
        if (together ? missing[frame] == 0 : skipped(next[frame], frame) == worker) {
            return malformed + advance(frame, worker, payload);
        }
        arrivals.keep(worker, frame, payload, payloadBytes);
        if (together) {
            kept.set(frame);
        }
        return malformed;
    }

    /**
     * Checks each contribution before it is added from now on, after a mean could not be computed or sent. The frames
     * of the round must arrive again, see {@link #reopen}.
     *
     * @return false if checks were already on, so that they do not help
     */
    public boolean beCareful() {
        return mean.beCareful();
    }

    /** @return 1, the number of frames left out */
    private int leaveOut(int worker, int frame, LeftOut.Reason reason) {
        store.leaveOut(worker, reason);
        arrivals.leaveOut(worker, frame);
        return 1;
    }

    /**
     * Adds the waiting contributions of one frame that waited for a dropped member.
     *
     * @return the number of malformed frames left out; -1 if there was no such frame
     */
    public int addDue() {
        int frame = due.nextSetBit(0);
        return frame < 0 ? -1 : advance(frame, NOBODY, 0);
    }

    /** Returns whether {@link #addDue} has work to do. */
    public boolean isAnyDue() {
        return !due.isEmpty();
    }

    /**
     * Adds the waiting contributions of one frame whose turn has come, although other contributions are awaited.
     *
     * @return the number of malformed frames left out; -1 if there was no such frame
     */
    public int addEarly() {
        for (int frame = kept.nextSetBit(0); frame >= 0; frame = kept.nextSetBit(frame + 1)) {
            kept.clear(frame);
            int candidate = skipped(next[frame], frame);
            if (candidate < workers && arrivals.has(candidate, frame)) {
                return advance(frame, NOBODY, 0);
            }
        }
        return -1;
    }

    /** Adds arrived contributions, {@code arriving}'s from {@code payload}, up to the first awaited one. */
    private int advance(int frame, int arriving, long payload) {
        kept.clear(frame);
        due.clear(frame);
        int first = skipped(next[frame], frame);
        int end = first;
        while (end < workers && arrivals.has(end, frame)) {
            end = skipped(end + 1, frame);
        }
        boolean direct = mean.isDirect() && end == workers && !begun.get(frame);
        if (!direct) {
            begun.set(frame);
        }
        for (int worker = first; worker < end; worker = skipped(worker + 1, frame)) {
            position[worker] = worker == arriving ? payload : up.payloadOffset(frame);
        }
        int malformed = 0;
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            for (int worker = first; worker < end; worker = skipped(worker + 1, frame)) {
                if (arrivals.isLeftOut(worker, frame)) {
                    continue;
                }
                MemorySegment payloads = worker == arriving ? NativeMemory.ALL : arrivals.waiting(worker);
                int bytes = up.payloadBytes(block, payloads, position[worker]);
                long offset = position[worker] + up.lengthBytes(block);
                position[worker] = offset + bytes;
                if (!mean.add(worker, block, payloads, offset, bytes, arrivals.weight(worker), direct)) {
                    malformed += leaveOut(worker, frame, LeftOut.Reason.MALFORMED);
                }
            }
            if (end == workers) {
                mean.average(block, direct);
            }
        }
        next[frame] = end;
        if (end == workers) {
            mean.answer(frame);
        }
        return malformed;
    }

    /** Returns the first worker from {@code worker} on whose contribution to the frame has arrived or is awaited. */
    private int skipped(int worker, int frame) {
        int candidate = worker;
        while (candidate < workers && !expected.get(candidate)
                && !arrivals.has(candidate, frame)) {
            candidate++;
        }
        return candidate;
    }

    /** Stops waiting for a member, whose arrived frames stay. Frames that become due wait for {@link #addDue}. */
    public void drop(int worker) {
        if (!expected.get(worker)) {
            return;
        }
        expected.clear(worker);
        for (int frame = 0; frame < next.length; frame++) {
            if (!arrivals.has(worker, frame)) {
                missing[frame]--;
            }
            if (next[frame] < workers) {
                if (together ? missing[frame] == 0 : isTurn(skipped(next[frame], frame), frame)) {
                    due.set(frame);
                } else if (together) {
                    kept.set(frame);
                }
            }
        }
    }

    /** Returns whether this worker's contribution has arrived, or no member is awaited any more. */
    private boolean isTurn(int worker, int frame) {
        return worker == workers || arrivals.has(worker, frame);
    }

    /** Ends the update of an awaited member: its arrived frames are its contribution. */
    public void end(int worker) {
        if (expected.get(worker) && !arrivals.isWhole(worker)) {
            arrivals.end(worker);
            drop(worker);
        }
    }

    /** Returns the number of lost frames of updates that have ended. */
    public int lostFrames() {
        return arrivals.lostFrames();
    }

    /** Returns whether no member is awaited and all arrived frames have been added: the mean is complete. */
    public boolean isComplete() {
        return mean.isComplete();
    }

    /** Returns members whose update has ended and is well-formed. */
    public BitSet contributors() {
        return arrivals.contributors();
    }
}
