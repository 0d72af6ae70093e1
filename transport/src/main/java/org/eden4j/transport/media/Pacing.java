package org.eden4j.transport.media;

import io.aeron.CommonContext;
import io.aeron.driver.FlowControlSupplier;
import io.aeron.driver.UnicastFlowControl;
import io.aeron.protocol.StatusMessageFlyweight;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Sends what a receiver grants on a long path at 1.5 times the rate at which grants come, instead of at once: the window of a
 * long path is larger than many queues, which would overrun at the start of each round and after each stall.
 *
 * <pre>
 * rate       increase of the receiver's limit over at least 50 ms in which the sender had bytes to send at all times; the
 *            largest, reduced by a tenth in each such time
 * at once    at most 64 KiB
 * not paced  while the receiver's window is at most 128 KiB, or no rate is known
 * </pre>
 *
 * <p>A receiver asks for one gap after the other, each of which takes a round trip. Where the next gap is within 128 KiB, as after
 * an overrun queue, the bytes sent again are twice as many as the last time, up to a quarter of the window, whatever the gap's
 * length: the number of round trips is the logarithm of that of gaps.
 *
 * <p>Used by the driver's thread only.
 */
final class Pacing extends UnicastFlowControl {
    private static final double GAIN = 1.5;
    private static final double MEMORY = .9;
    private static final long MEASURE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int AT_ONCE = 64 << 10;
    private static final int NEAR = 128 << 10;
    private static final int WINDOWS = 4;
    private static final int SHORT_PATH = LinkLengths.NETWORK_WINDOW;

    private final int mtu;
    private long granted;
    private int window;
    private double bytesPerNs;
    /** Limit and time at which the measurement of the rate began. */
    private long measuredFrom;
    private long measuredFromNs;
    private boolean begun;
    /** True if the sender had nothing to send at some time since. */
    private boolean idle = true;
    /** The bytes that may be sent, as of these position and time. */
    private double credit = AT_ONCE;
    private long creditPosition;
    private long creditNs;
    /** Offset and length of the bytes that were sent again last. */
    private int repeatedAt = -1;
    private int repeated;

    Pacing(int mtu) {
        this.mtu = mtu;
    }

    /** Returns a supplier for a driver: channels whose windows are controlled are paced. */
    static FlowControlSupplier supplier(FlowControlSupplier others) {
        return (channel, stream, registration) -> {
            if (WindowControl.NAME.equals(channel.channelUri().get(CommonContext.CONGESTION_CONTROL_PARAM_NAME))) {
                return new Pacing(Integer.parseInt(channel.channelUri().get(CommonContext.MTU_LENGTH_PARAM_NAME)));
            }
            return others.newInstance(channel, stream, registration);
        };
    }

    @Override
    public long onStatusMessage(StatusMessageFlyweight status, InetSocketAddress receiver, long senderLimit,
            int initialTermId, int positionBits, long nowNs) {
        granted = super.onStatusMessage(status, receiver, Math.max(granted, senderLimit), initialTermId, positionBits,
                nowNs);
        window = status.receiverWindowLength();
        measure(nowNs);
        return isPaced() ? senderLimit : granted;
    }

    /** Called while the sender has nothing to send or may not send it. */
    @Override
    public long onIdle(long nowNs, long senderLimit, long senderPosition, boolean isEos) {
        granted = Math.max(granted, senderLimit);
        idle |= senderPosition + mtu <= senderLimit;
        credit += GAIN * bytesPerNs * (nowNs - creditNs) - (senderPosition - creditPosition);
        credit = Math.clamp(credit, 0, AT_ONCE);
        creditPosition = senderPosition;
        creditNs = nowNs;
        return isPaced() ? Math.max(senderLimit, Math.min(granted, senderPosition + (long) credit)) : granted;
    }

    @Override
    public int maxRetransmissionLength(int termOffset, int gap, int termLength, int mtuLength) {
        if (termOffset != repeatedAt) {
            int distance = termOffset - repeatedAt;
            repeated = isPaced() && distance > 0 && distance < repeated + NEAR
                    ? Math.max(gap, Math.min(2 * repeated, window / WINDOWS))
                    : gap;
            repeatedAt = termOffset;
        }
        return super.maxRetransmissionLength(termOffset, Math.max(gap, repeated), termLength, mtuLength);
    }

    private boolean isPaced() {
        return window > SHORT_PATH && bytesPerNs > 0;
    }

    private void measure(long nowNs) {
        long elapsedNs = nowNs - measuredFromNs;
        if (begun && !idle) {
            if (elapsedNs < MEASURE_NS) {
                return;
            }
            bytesPerNs = Math.max((double) (granted - measuredFrom) / elapsedNs, MEMORY * bytesPerNs);
        }
        begun = true;
        idle = false;
        measuredFrom = granted;
        measuredFromNs = nowNs;
    }
}
