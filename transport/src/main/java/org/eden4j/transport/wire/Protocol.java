package org.eden4j.transport.wire;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.UpdateLayout;

/** The constants both sides must agree on, and the times after which a silent peer counts as dead. */
public final class Protocol {
    /** Version of the messages and their meaning; a join with another version is rejected. */
    public static final int VERSION = 4;
    /** Largest number of members of a job: their bit sets fit one frame at every MTU. */
    public static final int MOST_WORKERS = 2048;
    /** Stream ids over UDP, where endpoints separate jobs and members. */
    public static final int UPLINK_STREAM = 1;
    public static final int DOWNLINK_STREAM = 2;
    /** Stream of updates that are not retransmitted; control messages stay on {@link #UPLINK_STREAM}. */
    public static final int UNRELIABLE_STREAM = 3;
    /** Set in the downlink stream ids over IPC, clear in the uplink's, which are job numbers + 1. */
    public static final int IPC_DOWNLINK_BIT = 1 << 30;

    /** Last possible round: rounds have 32 bits on the wire. */
    public static final long LAST_ROUND = 0xFFFF_FFFFL;
    /**
     * Last round up to which a job can be restored: a member's claim beyond it is ignored, so no claim comes near the
     * last round.
     */
    public static final long LAST_RESTORED_ROUND = 1L << 31;

    /** Longest texts that a reader accepts, in characters. */
    static final int LONGEST_METHOD = 200;
    /** Longest agreement in characters: a join and an offer with it fit a frame at every MTU. */
    public static final int LONGEST_AGREEMENT = 512;
    /** Largest text of a layout in bytes of UTF-8: a hundred thousand parts with names. */
    public static final int LARGEST_LAYOUT = 4 << 20;
    static final int LONGEST_ENDPOINT = 64;
    static final int LONGEST_REASON = 600;

    /**
     * Time after which the end of an update on an unreliable uplink is repeated, doubling up to
     * {@link #SLOWEST_END_RETRY_NS}.
     */
    public static final long END_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(2);
    public static final long SLOWEST_END_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    public static final long HEARTBEAT_NS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Silence after which rounds no longer wait for a member: cold code on a loaded machine may take 2 s. */
    public static final long MEMBER_LIVENESS_NS = TimeUnit.SECONDS.toNanos(4);
    /** Silence, including missed heartbeats, after which rounds no longer wait for a member that missed a deadline. */
    public static final long MISSED_NS = 2 * HEARTBEAT_NS;
    /** Silence after which an aggregator counts as dead: longer than a member's, because it serves many members. */
    public static final long AGGREGATOR_LIVENESS_NS = TimeUnit.SECONDS.toNanos(6);
    /** Time after which a join is repeated, doubling up to {@link #SLOWEST_JOIN_RETRY_NS}. */
    public static final long JOIN_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(200);
    public static final long SLOWEST_JOIN_RETRY_NS = TimeUnit.SECONDS.toNanos(2);
    /** Silence after which a member yields its number to a worker that requests it. */
    public static final long TAKEOVER_NS = TimeUnit.SECONDS.toNanos(2);
    /** Time that a restarted aggregator waits for the other members after the first one has returned. */
    public static final long GRACE_NS = TimeUnit.SECONDS.toNanos(3);
    /** Time after which a lost link is opened again, doubling up to {@link #SLOWEST_REOPEN_NS}. */
    public static final long REOPEN_NS = TimeUnit.MILLISECONDS.toNanos(100);
    public static final long SLOWEST_REOPEN_NS = TimeUnit.SECONDS.toNanos(1);
    /** Time in which one attempt to open a link may look for a media driver. */
    public static final long OPEN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Largest size of a state of the members' programs, as a multiple of an update's size, plus 64 KiB. */
    private static final long LARGEST_REPLICA = 16;
    /** Time limit of a farewell: a leave and its answer, or a failure and the leaves that answer it. */
    public static final long FAREWELL_NS = TimeUnit.SECONDS.toNanos(1);
    /** Interval of the checks of images, silence and heartbeats. */
    public static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Bit of Welcome's {@code uplink}: updates are not retransmitted. */
    public static final int UPLINK_UNRELIABLE = 1;

    /** Bit of Offer's {@code flags}: the job has an agreement. */
    public static final int OFFER_AGREED = 1;

    /** Bits of Supply's {@code parts}. */
    public static final int SUPPLY_MODEL = 1;
    public static final int SUPPLY_REMAINDER = 2;

    /** Bit of StateBegin's {@code flags}: the round before which the state applies has ended. */
    public static final short STATE_ROUND_ENDED = 1;

    private Protocol() {}

    /** Returns the largest size in bytes of a state that is opaque to transport. */
    public static long largestReplica(int dimension) {
        return LARGEST_REPLICA * dimension * Float.BYTES + (1 << 16);
    }

    /** Returns a layout's text as it is sent. */
    public static byte[] utf8(UpdateLayout layout) {
        return layout.text().getBytes(StandardCharsets.UTF_8);
    }

    /** Checks that an agreement can be sent, and returns it. */
    public static String checkedAgreement(String agreement) {
        if (agreement.length() > LONGEST_AGREEMENT
                || agreement.chars().anyMatch(character -> character < ' ' || character > '~')) {
            throw new IllegalArgumentException("an agreement has at most " + LONGEST_AGREEMENT
                    + " printable ASCII characters, got " + agreement.length() + ": " + agreement);
        }
        return agreement;
    }

    /** @throws IllegalArgumentException if a state that is opaque to transport is too large to be sent */
    public static void checkReplica(long bytes, int dimension) {
        long most = largestReplica(dimension);
        if (bytes < 0 || bytes > most) {
            throw new IllegalArgumentException(
                    "a state may have " + most + " bytes at dimension " + dimension + ", this one has " + bytes);
        }
    }

    /** @throws IllegalArgumentException if the weight is not finite or is negative */
    public static void checkWeight(float weight) {
        if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("weight must be finite and not negative, got " + weight);
        }
    }

    /**
     * Checks a caller's vector.
     *
     * @param written whether the call writes to the vector
     * @throws IllegalArgumentException if the vector has another length, or is written and read-only
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

    /** Returns a reason, cut to a length that fits a frame. */
    static String bounded(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON - 3) + "...";
    }
}
