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
 * Adds the frames of one round after the other in worker order, whatever order they come in, and encodes each frame of
 * the mean as soon as no frame that it overlaps is awaited any more.
 *
 * <pre>
 * mean of a block = (sum over contributors, in worker order, of weight * decoded) * (float) (1 / sum of those weights)
 * </pre>
 *
 * <p>A frame whose predecessors in worker order are still awaited waits compressed, see {@link Arrivals}. Where payloads are
 * small beside the sum all that is there of a frame waits until the last of it has come: adding it at once, and encoding
 * the mean behind it, finds the sum in the processor's cache each time but the first. Whoever has nothing better to do adds
 * what there is with {@link #addEarly}, so that little is left for when a straggler comes. What need not wait any more since
 * a member was dropped is added a frame at a time, by {@link #addDue}: it can be the whole round. Weights are summed by
 * block: a block that nobody delivered has mean zero. {@link MeanEncoder} has the sum, {@link Arrivals} the payloads that
 * wait; decoded vectors of single workers do not exist.
 *
 * <p>Not thread-safe.
 */
public final class RoundCollector {
    private static final int NOBODY = -1;
    /** Payloads that are smaller than the coordinates by this factor are small. */
    private static final int SMALL = 2;

    private final FrameLayout up;
    private final int workers;
    private final Arrivals arrivals;
    private final MeanEncoder mean;
    /** By uplink frame: the worker whose contribution is added next, or {@link #workers} when it is done. */
    private final int[] next;
    /** Whether a frame's contributions are added together. */
    private final boolean together;
    /** By uplink frame: members that are waited for and have not delivered it. */
    private final int[] missing;
    /** Frames of which contributions wait whose turn may have come. */
    private final BitSet kept;
    /** Frames that waited for a member that was dropped, and now for nobody: {@link #addDue}. */
    private final BitSet due;
    /** Frames of which some contributions are in the sum. */
    private final BitSet begun;
    private final BitSet expected = new BitSet();
    /** By worker: where the next block of the frame starts that is being added. */
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

    /** Starts a round that waits for {@code members}; its mean goes to {@code target}. */
    public void open(long newRound, BitSet members, MeanStore target) {
        round = newRound;
        store = target;
        mean.open(newRound, target);
        arrivals.clear();
        expect(members);
    }

    /** Changes whom the round waits for; only while no frame of it has come. */
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

    /** Forgets all that came of the open round, and starts it again. */
    public void reopen(BitSet members, MeanStore target) {
        mean.clear();
        open(round, members, target);
    }

    /** Whether a frame of this worker can still be added in its turn: nothing that comes after it in order was added. */
    public boolean isInTime(int worker, int frame) {
        return expected.get(worker) || next[frame] < worker;
    }

    /** Whether any frame of this worker has come. */
    public boolean hasContributed(int worker) {
        return arrivals.hasAny(worker);
    }

    /** Frames that were counted, of workers whose update ended, or was added, with less than all of them. */
    public Map<Integer, BitSet> partial() {
        return arrivals.partial();
    }

    /** Members whose update has weight zero. */
    public BitSet weightless() {
        return arrivals.weightless();
    }

    public boolean hasArrived(int worker, int frame) {
        return arrivals.has(worker, frame);
    }

    /** Whether a frame of this worker came before, and with another weight. */
    public boolean contradictsWeight(int worker, float weight) {
        return arrivals.hasAny(worker) && Float.compare(arrivals.weight(worker), weight) != 0;
    }

    /**
     * Takes one frame that has not come before and is in time, whose payload {@link FrameLayout#fits}. A frame with a block that no encoder
     * made is not waited for any more, and left out as a whole: members are told of frames, and what they are not told of
     * they send again.
     *
     * @param payload an address
     * @return frames that were left out
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
     * Looks at each contribution from now on, before it is added: a mean cannot be computed or sent. What came of the round
     * must come again, see {@link #reopen}.
     *
     * @return false if that was already done, so that it is of no help
     */
    public boolean beCareful() {
        return mean.beCareful();
    }

    /** @return 1, the frames that are left out by it */
    private int leaveOut(int worker, int frame, LeftOut.Reason reason) {
        store.leaveOut(worker, reason);
        arrivals.leaveOut(worker, frame);
        return 1;
    }

    /**
     * Adds what waits of one frame that waited for a member that was dropped.
     *
     * @return frames that no encoder made and that were left out; -1 if there was no such frame
     */
    public int addDue() {
        int frame = due.nextSetBit(0);
        return frame < 0 ? -1 : advance(frame, NOBODY, 0);
    }

    /** Whether {@link #addDue} has something to do. */
    public boolean isAnyDue() {
        return !due.isEmpty();
    }

    /**
     * Adds what waits of one frame whose turn has come, though more of the frame is awaited.
     *
     * @return frames that no encoder made and that were left out; -1 if there was no such frame
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

    /** Adds what has come, {@code arriving}'s payload from where it is, until a contribution is awaited. */
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

    /** The first worker from {@code worker} on whose contribution to the frame is there or awaited. */
    private int skipped(int worker, int frame) {
        int candidate = worker;
        while (candidate < workers && !expected.get(candidate)
                && !arrivals.has(candidate, frame)) {
            candidate++;
        }
        return candidate;
    }

    /** Stops waiting for a member; what came from it stays. What that makes due waits for {@link #addDue}. */
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

    /** Whether this worker's contribution is there, or there is none left to wait for. */
    private boolean isTurn(int worker, int frame) {
        return worker == workers || arrivals.has(worker, frame);
    }

    /** Nothing more comes from a member that is waited for: what has come is its contribution. */
    public void end(int worker) {
        if (expected.get(worker) && !arrivals.isWhole(worker)) {
            arrivals.end(worker);
            drop(worker);
        }
    }

    /** Frames that were lost of updates that have ended. */
    public int lostFrames() {
        return arrivals.lostFrames();
    }

    /** Whether nobody is waited for and all that came is added: the mean is complete. */
    public boolean isComplete() {
        return mean.isComplete();
    }

    /** Members whose update came to its end, well-formed. */
    public BitSet contributors() {
        return arrivals.contributors();
    }
}
