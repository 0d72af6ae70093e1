package org.eden4j.transport.media;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.eden4j.transport.wire.FrameLayout;

/**
 * A receiving port that admits only datagrams that a member's media driver can have sent. Aeron stores data frames in
 * its logs with the lengths that they declare, and driver and subscriber walk the logs by these lengths: one frame of
 * an impossible length would stop both. A stream begins with a setup frame, which declares the length of its logs;
 * {@link StreamQuota} limits the streams per sender.
 *
 * <p>Rejected datagrams count among the driver's invalid packets. A valid setup frame beyond the quota is dropped
 * without being counted, like one that exceeds the driver's own limit of streams.
 */
class GuardedEndpoint extends ReceiveChannelEndpoint {
    private static final int HEADER = DataHeaderFlyweight.HEADER_LENGTH;
    private static final int ALIGNMENT = FrameDescriptor.FRAME_ALIGNMENT;

    private final AtomicCounter invalid;
    private final SetupFlyweight setup = new SetupFlyweight();
    private final StreamQuota quota = new StreamQuota();
    private final NanoClock clock;
    /** Term length of all logs of this driver. */
    private final int termLength;

    GuardedEndpoint(UdpChannel channel, DataPacketDispatcher dispatcher, AtomicCounter status,
            MediaDriver.Context context) {
        super(channel, dispatcher, status, context);
        clock = context.receiverCachedNanoClock();
        termLength = context.publicationTermBufferLength();
        invalid = context.systemCounters().get(SystemCounterDescriptor.INVALID_PACKETS);
    }

    @Override
    public final boolean isValidFrame(UnsafeBuffer datagram, int length) {
        if (!super.isValidFrame(datagram, length)) {
            return false;
        }
        if (isSound(datagram, length)) {
            return true;
        }
        invalid.increment();
        return false;
    }

    @Override
    public void onSetupMessage(SetupFlyweight header, UnsafeBuffer buffer, int length, InetSocketAddress source,
            int transport) {
        if (quota.admits(header.streamId(), header.sessionId(), source, clock.nanoTime())) {
            super.onSetupMessage(header, buffer, length, source, transport);
        }
    }

    @Override
    public int onDataPacket(DataHeaderFlyweight header, UnsafeBuffer buffer, int length, InetSocketAddress source,
            int transport) {
        quota.heard(header.streamId(), header.sessionId(), clock.nanoTime());
        return super.onDataPacket(header, buffer, length, source, transport);
    }

    /** Returns whether a member can have sent this datagram, whose version has been checked. */
    private boolean isSound(UnsafeBuffer datagram, int length) {
        return switch (FrameDescriptor.frameType(datagram, 0)) {
            case HeaderFlyweight.HDR_TYPE_DATA, HeaderFlyweight.HDR_TYPE_PAD -> isData(datagram, length);
            case HeaderFlyweight.HDR_TYPE_SETUP -> isWhole(datagram, length, SetupFlyweight.HEADER_LENGTH)
                    && isSetup(datagram);
            case HeaderFlyweight.HDR_TYPE_RTTM -> isWhole(datagram, length, RttMeasurementFlyweight.HEADER_LENGTH);
            default -> false;
        };
    }

    private static boolean isWhole(UnsafeBuffer datagram, int length, int expected) {
        return length >= expected && field(datagram, 0) == expected;
    }

    private static int field(UnsafeBuffer datagram, int offset) {
        return datagram.getInt(offset, ByteOrder.LITTLE_ENDIAN);
    }

    private boolean isSetup(UnsafeBuffer datagram) {
        setup.wrap(datagram, 0, SetupFlyweight.HEADER_LENGTH);
        return setup.termLength() == termLength && isPlace(setup.termOffset())
                && setup.activeTermId() - setup.initialTermId() >= 0 && setup.mtuLength() >= FrameLayout.SMALLEST_MTU
                && setup.mtuLength() <= FrameLayout.LARGEST_MTU;
    }

    private boolean isPlace(int offset) {
        return offset >= 0 && offset <= termLength && offset % ALIGNMENT == 0;
    }

    /**
     * Returns whether this is a heartbeat, or consists of whole frames of one term, the last of which may be the header
     * of padding.
     */
    private boolean isData(UnsafeBuffer datagram, int length) {
        if (length < HEADER || !isPlace(field(datagram, DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET))) {
            return false;
        }
        int first = field(datagram, 0);
        if (length == HEADER && first == 0) {
            return true;
        }
        int position = 0;
        while (position < length) {
            int next = end(datagram, position, length);
            if (next < 0) {
                return false;
            }
            position = next;
        }
        return true;
    }

    /** Returns the end of the datagram's frame at a position, or -1 if there is no frame. */
    private int end(UnsafeBuffer datagram, int position, int length) {
        if (length - position < HEADER || !continues(datagram, position)) {
            return -1;
        }
        int frame = field(datagram, position);
        int room = termLength - field(datagram, position + DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET);
        if (frame < HEADER || frame > room) {
            return -1;
        }
        if (FrameDescriptor.frameType(datagram, position) == HeaderFlyweight.HDR_TYPE_PAD) {
            return length - position == HEADER ? length : -1;
        }
        int aligned = BitUtil.align(frame, ALIGNMENT);
        return aligned <= length - position ? position + aligned : -1;
    }

    /**
     * Returns whether the frame at a position belongs to the datagram's stream, and has the same offset in its term as
     * in the datagram.
     */
    private static boolean continues(UnsafeBuffer datagram, int position) {
        int type = FrameDescriptor.frameType(datagram, position);
        return (type == HeaderFlyweight.HDR_TYPE_DATA || type == HeaderFlyweight.HDR_TYPE_PAD)
                && isSame(datagram, position, DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET)
                && isSame(datagram, position, DataHeaderFlyweight.STREAM_ID_FIELD_OFFSET)
                && isSame(datagram, position, DataHeaderFlyweight.TERM_ID_FIELD_OFFSET)
                && field(datagram, position + DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET) == field(datagram,
                        DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET) + position;
    }

    private static boolean isSame(UnsafeBuffer datagram, int position, int fieldOffset) {
        return field(datagram, position + fieldOffset) == field(datagram, fieldOffset);
    }
}
