package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;
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
 * <p>A frame whose predecessors in worker order are still awaited waits compressed, see {@link #waiting}. Where payloads are
 * small beside the sum all that is there of a frame waits until the last of it has come: adding it at once, and encoding
 * the mean behind it, finds the sum in the processor's cache each time but the first. Whoever has nothing better to do adds
 * what there is with {@link #addEarly}, so that little is left for when a straggler comes. What need not wait any more since
 * a member was dropped is added a frame at a time, by {@link #addDue}: it can be the whole round. Where both directions have
 * the same blocks, a frame that is there as a whole is added and encoded block by block in a sum of one block, which stays
 * in the nearest cache. Weights are summed by
 * block: a block that nobody delivered has mean zero. Memory: the sum (4 bytes a coordinate) and at most one round of payloads;
 * decoded vectors of single workers do not exist.
 *
 * <p>Not thread-safe.
 */
public final class RoundCollector {
    private static final int NOBODY = -1;
    /** Payloads that are smaller than the coordinates by this factor are small. */
    private static final int SMALL = 2;

    private final FrameLayout up;
    private final FrameLayout down;
    private final long jobSeed;
    private final int workers;
    private final Arena arena;
    private final BlockCodec decoder;
    private final BlockCodec encoder;
    private final MemorySegment sum;
    /** For blocks whose contributions are all there. */
    private final MemorySegment blockSum;
    private final double[] blockWeight;
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
    /** Frames of which some contributions are in {@link #sum}. */
    private final BitSet begun;
    /** Where each block of the mean is encoded to, where both directions have the same blocks; null otherwise. */
    private final long[] blockOffset;
    /** By downlink frame: uplink frames it overlaps that are not done. */
    private final int[] awaited;
    private final BitSet[] arrived;
    /** By worker: frames with a block that no encoder made; nothing of them is added. */
    private final BitSet[] malformedFrames;
    private final int[] missingFrames;
    private final float[] weights;
    /** By worker: early payloads, each frame's at {@code up.payloadOffset(frame)}; allocated when first needed. */
    private final MemorySegment[] waiting;
    /** Scratch. */
    private final float[] run = new float[1024];
    private final BitSet expected = new BitSet();
    private final BitSet damaged = new BitSet();
    /** Members whose update has ended although frames of it are missing. */
    private final BitSet ended = new BitSet();

    private MeanStore store;
    private long round;
    /** Spent on frames of the mean that are not complete yet. */
    private long encodingNs;

    public RoundCollector(FrameLayout up, FrameLayout down, int workers, long jobSeed, Arena arena) {
        this.up = up;
        this.down = down;
        this.workers = workers;
        this.jobSeed = jobSeed;
        this.arena = arena;
        decoder = BlockCodec.of(up.method());
        encoder = BlockCodec.of(down.method());
        sum = NativeMemory.allocate(arena, (long) up.blocks().sumLength() * Float.BYTES);
        blockSum = NativeMemory.allocate(arena, (long) up.blocks().largestSum() * Float.BYTES);
        blockWeight = new double[up.blocks().blockCount()];
        together = up.totalPayloadBytes() * SMALL <= (long) up.dimension() * Float.BYTES;
        next = new int[up.frameCount()];
        missing = new int[up.frameCount()];
        kept = new BitSet(up.frameCount());
        due = new BitSet(up.frameCount());
        begun = new BitSet(up.frameCount());
        blockOffset = haveSameBlocks(up.blocks(), down.blocks()) ? blockOffsets(down, encoder) : null;
        awaited = new int[down.frameCount()];
        arrived = new BitSet[workers];
        Arrays.setAll(arrived, _ -> new BitSet(up.frameCount()));
        malformedFrames = new BitSet[workers];
        Arrays.setAll(malformedFrames, _ -> new BitSet());
        missingFrames = new int[workers];
        weights = new float[workers];
        waiting = new MemorySegment[workers];
    }

    private static boolean haveSameBlocks(BlockLayout up, BlockLayout down) {
        boolean same = up.blockCount() == down.blockCount();
        for (int block = 0; same && block < up.blockCount(); block++) {
            same = up.length(block) == down.length(block);
        }
        return same;
    }

    private static long[] blockOffsets(FrameLayout layout, BlockCodec codec) {
        long[] offsets = new long[layout.blocks().blockCount()];
        for (int block = 1; block < offsets.length; block++) {
            offsets[block] = offsets[block - 1] + codec.payloadBytes(layout.blocks().length(block - 1));
        }
        return offsets;
    }

    /** Starts a round that waits for {@code members}; its mean goes to {@code target}. */
    public void open(long newRound, BitSet members, MeanStore target) {
        round = newRound;
        store = target;
        damaged.clear();
        ended.clear();
        encodingNs = 0;
        Arrays.fill(blockWeight, 0);
        for (int frame = 0; frame < awaited.length; frame++) {
            awaited[frame] = up.frameOf(down.end(frame) - 1) - up.frameOf(down.first(frame)) + 1;
        }
        for (int worker = 0; worker < workers; worker++) {
            arrived[worker].clear();
            malformedFrames[worker].clear();
            missingFrames[worker] = up.frameCount();
        }
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
        sum.fill((byte) 0);
        blockSum.fill((byte) 0);
        open(round, members, target);
    }

    /** Whether a frame of this worker can still be added in its turn: nothing that comes after it in order was added. */
    public boolean isInTime(int worker, int frame) {
        return expected.get(worker) || next[frame] < worker;
    }

    /** Whether any frame of this worker has come. */
    public boolean hasContributed(int worker) {
        return missingFrames[worker] < up.frameCount();
    }

    /** Frames that were counted, of workers whose update ended, or was added, with less than all of them. */
    Map<Integer, BitSet> partial() {
        Map<Integer, BitSet> partial = new TreeMap<>();
        for (int worker = 0; worker < workers; worker++) {
            BitSet counted = (BitSet) arrived[worker].clone();
            counted.andNot(malformedFrames[worker]);
            if ((ended.get(worker) || !counted.isEmpty()) && counted.cardinality() < up.frameCount()) {
                partial.put(worker, counted);
            }
        }
        return partial;
    }

    public boolean hasArrived(int worker, int frame) {
        return arrived[worker].get(frame);
    }

    /** Whether a frame of this worker came before, and with another weight. */
    public boolean contradictsWeight(int worker, float weight) {
        return missingFrames[worker] < up.frameCount() && Float.compare(weights[worker], weight) != 0;
    }

    /**
     * Takes one frame that has not come before and is in time. Its length was checked. A frame with a block that no encoder
     * made is not waited for any more, and left out as a whole: members are told of frames, and what they are not told of
     * they send again.
     *
     * @param payload an address
     * @return frames that were left out
     */
    public int accept(int worker, int frame, float weight, long payload) {
        weights[worker] = weight;
        arrived[worker].set(frame);
        missingFrames[worker]--;
        if (expected.get(worker)) {
            missing[frame]--;
        }
        int malformed = isWellFormed(worker, frame, payload) ? 0 : leaveOut(worker, frame);
        if (together ? missing[frame] == 0 : skipped(next[frame], frame) == worker) {
            return malformed + advance(frame, worker, payload);
        }
        keep(worker, frame, payload);
        return malformed;
    }

    /** Whether blocks can be added one after the other: a single one that cannot leaves nothing behind. */
    private boolean isWellFormed(int worker, int frame, long payload) {
        int first = up.firstBlock(frame);
        int end = up.endBlock(frame);
        if (end - first == 1) {
            return true;
        }
        long position = payload;
        try {
            for (int block = first; block < end; block++) {
                int length = up.blocks().length(block);
                int bytes = decoder.payloadBytes(length);
                decoder.check(NativeMemory.ALL, position, bytes, length, BlockSeed.of(jobSeed, round, worker, block));
                position += bytes;
            }
            return true;
        } catch (MalformedPayloadException e) {
            return false;
        }
    }

    /** @return 1, the frames that are left out by it */
    private int leaveOut(int worker, int frame) {
        damaged.set(worker);
        malformedFrames[worker].set(frame);
        return 1;
    }

    private void keep(int worker, int frame, long payload) {
        if (waiting[worker] == null) {
            waiting[worker] = NativeMemory.allocate(arena, up.totalPayloadBytes());
        }
        MemorySegment.copy(NativeMemory.ALL, payload, waiting[worker], up.payloadOffset(frame), up.payloadBytes(frame));
        if (together) {
            kept.set(frame);
        }
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
            if (candidate < workers && arrived[candidate].get(frame)) {
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
        while (end < workers && arrived[end].get(frame)) {
            end = skipped(end + 1, frame);
        }
        boolean whole = blockOffset != null && end == workers && !begun.get(frame);
        if (!whole) {
            begun.set(frame);
        }
        int malformed = 0;
        long position = 0;
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            int bytes = decoder.payloadBytes(up.blocks().length(block));
            MemorySegment target = whole ? blockSum : sum;
            long targetFirst = whole ? 0 : up.blocks().offset(block);
            for (int worker = first; worker < end; worker = skipped(worker + 1, frame)) {
                if (malformedFrames[worker].get(frame)) {
                    continue;
                }
                boolean added = worker == arriving
                        ? add(worker, block, NativeMemory.ALL, payload + position, bytes, target, targetFirst)
                        : add(worker, block, waiting[worker], up.payloadOffset(frame) + position, bytes, target,
                                targetFirst);
                if (!added) {
                    malformed += leaveOut(worker, frame);
                }
            }
            if (end == workers) {
                average(block, target, targetFirst);
            }
            position += bytes;
        }
        next[frame] = end;
        if (end == workers) {
            answer(frame);
        }
        return malformed;
    }

    /** The first worker from {@code worker} on whose contribution to the frame is there or awaited. */
    private int skipped(int worker, int frame) {
        int candidate = worker;
        while (candidate < workers && !expected.get(candidate)
                && !arrived[candidate].get(frame)) {
            candidate++;
        }
        return candidate;
    }

    /** Adds one block; whether an encoder has made it. */
    private boolean add(int worker, int block, MemorySegment payloads, long offset, int bytes, MemorySegment target,
            long targetFirst) {
        try {
            decoder.accumulate(payloads, offset, bytes, up.blocks().length(block),
                    BlockSeed.of(jobSeed, round, worker, block), weights[worker], target, targetFirst);
            blockWeight[block] += weights[worker];
            return true;
        } catch (MalformedPayloadException e) {
            return false;
        }
    }

    /** Makes a block's sum its mean, and encodes that where it is a block of the other direction, too. */
    private void average(int block, MemorySegment target, long first) {
        try {
            finish(block, target, first);
        } catch (NonFiniteGradientException e) {
            long offset = up.blocks().offset(block);
            if (first != offset) { // again from where coordinates have their own numbers
                MemorySegment.copy(target, first * Float.BYTES, sum, offset * Float.BYTES,
                        (long) up.blocks().length(block) * Float.BYTES);
                finish(block, sum, offset);
            }
            throw e;
        }
    }

    private void finish(int block, MemorySegment target, long first) {
        int length = up.blocks().length(block);
        if (blockWeight[block] > 0) {
            decoder.finish(length, BlockSeed.of(jobSeed, round, 0, block), target, first);
            NativeMemory.scale(target, first, first + length, (float) (1 / blockWeight[block]), run);
        }
        if (blockOffset != null) {
            long startNs = System.nanoTime();
            encode(block, length, target, first, blockOffset[block]);
            NativeMemory.zero(target, first, first + length);
            encodingNs += System.nanoTime() - startNs;
        }
    }

    private int encode(int block, int length, MemorySegment mean, long first, long position) {
        return encoder.encode(mean, first, length, BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, block),
                store.payloads(), position);
    }

    /** Frames of the mean that waited for this one last are complete. */
    private void answer(int frame) {
        int last = down.frameOf(up.end(frame) - 1);
        for (int answer = down.frameOf(up.first(frame)); answer <= last; answer++) {
            if (--awaited[answer] == 0) {
                if (blockOffset == null) {
                    encode(answer);
                }
                store.add(answer, (float) blockWeight[up.firstBlock(up.frameOf(down.first(answer)))], encodingNs);
                encodingNs = 0;
            }
        }
    }

    private void encode(int frame) {
        long startNs = System.nanoTime();
        BlockLayout blocks = down.blocks();
        long position = down.payloadOffset(frame);
        for (int block = down.firstBlock(frame); block < down.endBlock(frame); block++) {
            position += encode(block, blocks.length(block), sum, blocks.offset(block), position);
        }
        NativeMemory.zero(sum, down.first(frame), down.end(frame));
        encodingNs += System.nanoTime() - startNs;
    }

    /** Stops waiting for a member; what came from it stays. What that makes due waits for {@link #addDue}. */
    public void drop(int worker) {
        if (!expected.get(worker)) {
            return;
        }
        expected.clear(worker);
        for (int frame = 0; frame < next.length; frame++) {
            if (!arrived[worker].get(frame)) {
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
        return worker == workers || arrived[worker].get(frame);
    }

    /** Nothing more comes from a member that is waited for: what has come is its contribution. */
    public void end(int worker) {
        if (expected.get(worker) && missingFrames[worker] > 0) {
            ended.set(worker);
            drop(worker);
        }
    }

    /** Frames that were lost of updates that have ended. */
    int lostFrames() {
        int lost = 0;
        for (int worker = ended.nextSetBit(0); worker >= 0; worker = ended.nextSetBit(worker + 1)) {
            lost += missingFrames[worker];
        }
        return lost;
    }

    /** Whether nobody is waited for and all that came is added: the mean is complete. */
    public boolean isComplete() {
        return store.readyCount() == down.frameCount();
    }

    /** Members whose update came to its end, well-formed. */
    public BitSet contributors() {
        BitSet whole = new BitSet();
        for (int worker = 0; worker < workers; worker++) {
            if ((missingFrames[worker] == 0 || ended.get(worker)) && !damaged.get(worker)) {
                whole.set(worker);
            }
        }
        return whole;
    }
}
