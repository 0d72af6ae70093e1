package org.eden4j.transport.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.eden4j.transport.wire.MalformedMessageException;

/**
 * The last counted update of each worker, and its counted frames. Members and aggregator keep the same ledger, round by
 * round, so that any of them can restore a job with the knowledge of what its state contains: nothing is counted twice,
 * and nothing that was counted is sent again.
 *
 * <p>Memory: O(workers), and one bit per frame for updates that were counted in part. Not thread-safe.
 */
public final class Ledger {
    private static final int NOTHING = 0;
    private static final int WHOLE = 1;
    private static final int PART = 2;
    /** Bytes of an entry: round, kind, and length of a set. */
    private static final int ENTRY_BYTES = 4 + 1 + 4;

    private final int frameCount;
    /** By worker: the round of its last counted update, -1 if none. */
    private final long[] rounds;
    /** By worker: the counted frames; null for all. */
    private final BitSet[] parts;

    public Ledger(int workers, int frameCount) {
        this.frameCount = frameCount;
        rounds = new long[workers];
        Arrays.fill(rounds, -1);
        parts = new BitSet[workers];
    }

    /** Records a round that has ended. */
    public void enter(long round, BitSet contributors, Map<Integer, BitSet> partial) {
        contributors.stream().filter(worker -> worker < rounds.length).forEach(worker -> {
            rounds[worker] = round;
            parts[worker] = null;
        });
        partial.forEach((worker, frames) -> {
            if (worker < rounds.length) {
                rounds[worker] = round;
                parts[worker] = frames;
            }
        });
    }

    /** Adopts another ledger of this job. */
    public void copy(Ledger other) {
        System.arraycopy(other.rounds, 0, rounds, 0, rounds.length);
        System.arraycopy(other.parts, 0, parts, 0, parts.length); // sets are immutable once recorded
    }

    /** Returns the counted frames of a worker's update to a round. */
    public BitSet counted(int worker, long round) {
        BitSet counted = new BitSet(frameCount);
        if (rounds[worker] == round) {
            if (parts[worker] == null) {
                counted.set(0, frameCount);
            } else {
                counted.or(parts[worker]);
            }
        }
        return counted;
    }

    /** Returns whether all counted updates belong to earlier rounds. */
    public boolean standsBefore(long round) {
        return Arrays.stream(rounds).allMatch(counted -> counted < round);
    }

    /** Returns the ledger in the form that {@link #read} accepts. */
    public byte[] toBytes() {
        int length = 0;
        for (BitSet part : parts) {
            length += ENTRY_BYTES + (part == null ? 0 : part.toByteArray().length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int worker = 0; worker < rounds.length; worker++) {
            byte[] set = parts[worker] == null ? new byte[0] : parts[worker].toByteArray();
            int kind = rounds[worker] < 0 ? NOTHING : parts[worker] == null ? WHOLE : PART;
            bytes.putInt((int) rounds[worker]).put((byte) kind).putInt(set.length).put(set);
        }
        return bytes.array();
    }

    /** Returns the largest length of a ledger for these numbers of workers and frames, in bytes. */
    public static long largestBytes(int workers, int frameCount) {
        return (long) workers * (ENTRY_BYTES + (frameCount + Byte.SIZE - 1) / Byte.SIZE);
    }

    /**
     * Adopts a ledger that another member or the aggregator wrote.
     *
     * @throws MalformedMessageException if the bytes are not a ledger of this job
     */
    public void read(byte[] written) {
        ByteBuffer bytes = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
        for (int worker = 0; worker < rounds.length; worker++) {
            if (bytes.remaining() < ENTRY_BYTES) {
                throw new MalformedMessageException("the ledger ends at worker " + worker + " of " + rounds.length);
            }
            long round = Integer.toUnsignedLong(bytes.getInt());
            int kind = bytes.get();
            int length = bytes.getInt();
            if (kind < NOTHING || kind > PART || length < 0 || length > bytes.remaining()) {
                throw new MalformedMessageException("the ledger's entry of worker " + worker + " is of kind " + kind
                        + " and " + length + " bytes, but " + bytes.remaining() + " remain");
            }
            byte[] set = new byte[length];
            bytes.get(set);
            rounds[worker] = kind == NOTHING ? -1 : round;
            parts[worker] = kind == PART ? BitSet.valueOf(set).get(0, frameCount) : null;
        }
    }
}
