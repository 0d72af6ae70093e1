package org.eden4j.transport.wire;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.UpdateLayout;

/** The numbers both sides must agree on, and the times after which silence means death. */
public final class Protocol {
    /** Version of the messages and of what they mean; a join with another one is refused. */
    public static final int VERSION = 4;
    /** The most members of a job: their bit sets fit one frame at every MTU. */
    public static final int MOST_WORKERS = 2048;
    /** Stream ids over UDP, where endpoints keep jobs and members apart. */
    public static final int UPLINK_STREAM = 1;
    public static final int DOWNLINK_STREAM = 2;
    /** Updates that are not repeated when they are lost; control stays on {@link #UPLINK_STREAM}. */
    public static final int UNRELIABLE_STREAM = 3;
    /** Set in the downlink stream ids over IPC, clear in the uplink's, which are job numbers + 1. */
    public static final int IPC_DOWNLINK_BIT = 1 << 30;

    /** The last round that there can be: rounds are 32 bits wide on the wire. */
    public static final long LAST_ROUND = 0xFFFF_FFFFL;
    /** A job can be restored up to this round: what a member claims beyond is not believed, and none comes near the last one. */
    public static final long LAST_RESTORED_ROUND = 1L << 31;

    /** Longest texts a reader accepts, in characters. */
    static final int LONGEST_METHOD = 200;
    /** So that a join and an offer with it fit a frame at every MTU. */
    public static final int LONGEST_AGREEMENT = 512;
    /** The longest text of a layout in UTF-8, in bytes: of a hundred thousand parts with names. */
    public static final int LARGEST_LAYOUT = 4 << 20;
    static final int LONGEST_ENDPOINT = 64;
    static final int LONGEST_REASON = 600;

    /** The end of an update on an unreliable uplink is repeated after this time, doubling up to {@link #SLOWEST_END_RETRY_NS}. */
    public static final long END_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(2);
    public static final long SLOWEST_END_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    public static final long HEARTBEAT_NS = TimeUnit.MILLISECONDS.toNanos(250);
    /** A member that was silent for so long is no longer waited for: cold code on a loaded machine may take 2 s. */
    public static final long MEMBER_LIVENESS_NS = TimeUnit.SECONDS.toNanos(4);
    /** A member that missed a deadline is no longer waited for if it was silent for so long, and some heartbeats. */
    public static final long MISSED_NS = 2 * HEARTBEAT_NS;
    /** An aggregator that was silent for so long is gone: longer, since it works for many. */
    public static final long AGGREGATOR_LIVENESS_NS = TimeUnit.SECONDS.toNanos(6);
    /** A join is repeated after this time, doubling up to {@link #SLOWEST_JOIN_RETRY_NS}. */
    public static final long JOIN_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(200);
    public static final long SLOWEST_JOIN_RETRY_NS = TimeUnit.SECONDS.toNanos(2);
    /** A member that was silent for so long gives way to a worker that asks for its number. */
    public static final long TAKEOVER_NS = TimeUnit.SECONDS.toNanos(2);
    /** After the first member of an older start has come back, an aggregator waits so long for all the others. */
    public static final long GRACE_NS = TimeUnit.SECONDS.toNanos(3);
    /** A lost way is opened again after this time, doubling up to {@link #SLOWEST_REOPEN_NS}. */
    public static final long REOPEN_NS = TimeUnit.MILLISECONDS.toNanos(100);
    public static final long SLOWEST_REOPEN_NS = TimeUnit.SECONDS.toNanos(1);
    /** How long one attempt to open a way may look for a media driver. */
    public static final long OPEN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** States of the members' programs are at most this many times as long as an update, and 64 KiB. */
    private static final long LARGEST_REPLICA = 16;
    /** How long a farewell may take: a leave and its answer, a failure and the leaves that answer it. */
    public static final long FAREWELL_NS = TimeUnit.SECONDS.toNanos(1);
    /** How often images, silence and heartbeats are looked at. */
    public static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Bit of Welcome's {@code uplink}: updates are not repeated. */
    public static final int UPLINK_UNRELIABLE = 1;

    /** Bit of Offer's {@code flags}: there is an agreement. */
    public static final int OFFER_AGREED = 1;

    /** Bits of Supply's {@code parts}. */
    public static final int SUPPLY_MODEL = 1;
    public static final int SUPPLY_REMAINDER = 2;

    /** Bit of StateBegin's {@code flags}: the round that the state stands before has ended. */
    public static final short STATE_ROUND_ENDED = 1;

    private Protocol() {}

    /** The most bytes of a state that only the members' programs understand. */
    public static long largestReplica(int dimension) {
        return LARGEST_REPLICA * dimension * Float.BYTES + (1 << 16);
    }

    /** A layout's text as it travels. */
    public static byte[] utf8(UpdateLayout layout) {
        return layout.text().getBytes(StandardCharsets.UTF_8);
    }

    /** An agreement that can travel. */
    public static String checkedAgreement(String agreement) {
        if (agreement.length() > LONGEST_AGREEMENT
                || agreement.chars().anyMatch(character -> character < ' ' || character > '~')) {
            throw new IllegalArgumentException("an agreement has at most " + LONGEST_AGREEMENT
                    + " printable ASCII characters, got " + agreement.length() + ": " + agreement);
        }
        return agreement;
    }

    /** @throws IllegalArgumentException if a state that only the members' programs understand is too large to travel */
    public static void checkReplica(long bytes, int dimension) {
        long most = largestReplica(dimension);
        if (bytes < 0 || bytes > most) {
            throw new IllegalArgumentException(
                    "a state may have " + most + " bytes at dimension " + dimension + ", this one has " + bytes);
        }
    }

    /** @throws IllegalArgumentException if an update cannot have this weight */
    public static void checkWeight(float weight) {
        if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("weight must be finite and not negative, got " + weight);
        }
    }

    /**
     * Checks a caller's vector.
     *
     * @param written whether the call writes to it
     * @throws IllegalArgumentException if it has another length, or cannot be written
     */
    public static void checkVector(MemorySegment vector, String name, int dimension, boolean written) {
        long expected = (long) dimension * Float.BYTES;
        if (vector.byteSize() != expected) {
            throw new IllegalArgumentException(name + " has " + vector.byteSize() + " bytes, dimension " + dimension
                    + " needs " + expected);
        }
        if (written && vector.isReadOnly()) {
            throw new IllegalArgumentException(name + " is read-only");
        }
    }

    /** A reason that fits a frame. */
    static String bounded(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON - 3) + "...";
    }
}
