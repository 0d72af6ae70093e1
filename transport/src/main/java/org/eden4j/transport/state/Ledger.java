package org.eden4j.transport.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.eden4j.transport.wire.MalformedMessageException;

/**
 * Which update of each worker was counted last, and which frames of it. Members and aggregator write the same ledger, round
 * by round, so that whoever restores a job knows what is in its state: nothing is counted twice, nothing that was counted
 * is sent again.
 *
 * <p>Memory: O(workers), and a bit a frame for updates that were counted in part. Not thread-safe.
 */
public final class Ledger {
    private static final int NOTHING = 0;
    private static final int WHOLE = 1;
    private static final int PART = 2;
    /** Round, kind, and bytes of a set. */
    private static final int ENTRY_BYTES = 4 + 1 + 4;

    private final int frameCount;
    /** By worker: the round of its last counted update, -1 if there is none. */
    private final long[] rounds;
    /** By worker: frames that were counted; null means all. */
    private final BitSet[] parts;

    public Ledger(int workers, int frameCount) {
        this.frameCount = frameCount;
        rounds = new long[workers];
        Arrays.fill(rounds, -1);
        parts = new BitSet[workers];
    }

    /** Enters a round that has ended. */
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

    /** Takes over what another one of this job says. */
    public void copy(Ledger other) {
        System.arraycopy(other.rounds, 0, rounds, 0, rounds.length);
        System.arraycopy(other.parts, 0, parts, 0, parts.length); // sets do not change once they are entered
    }

    /** Frames of a worker's update to a round that were counted. */
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

    /** Whether all that it counts is of rounds before this one. */
    public boolean standsBefore(long round) {
        return Arrays.stream(rounds).allMatch(counted -> counted < round);
    }

    /** The bytes that {@link #read} takes. */
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
     * Takes over what another member or the aggregator wrote.
     *
     * @throws MalformedMessageException if that is no ledger of this job
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
                        + " and " + length + " bytes, " + bytes.remaining() + " are there");
            }
            byte[] set = new byte[length];
            bytes.get(set);
            rounds[worker] = kind == NOTHING ? -1 : round;
            parts[worker] = kind == PART ? BitSet.valueOf(set).get(0, frameCount) : null;
        }
    }
}
