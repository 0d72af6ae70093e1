package org.eden4j.transport.media;

import io.aeron.CommonContext;
import io.aeron.driver.CongestionControl;
import io.aeron.driver.CongestionControlSupplier;
import io.aeron.driver.DefaultCongestionControlSupplier;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The window of a stream between hosts, in bytes: what its receiver lets the sender have in flight. It follows the queue of
 * the slowest link, which all streams through it share, and the length of the path.
 *
 * <pre>
 * path               rate * round trip: what the path holds without a queue
 * queue              the window exceeds 1.5 * path, or the path is not known
 * start              10 packets
 * a window received  doubled below the configured window until the first loss, and beyond it while there is no queue;
 *                    otherwise one packet more; unchanged if the last round trip was delayed by more than 25 ms and twice the
 *                    shortest
 * a delay            .8 of the window, down to 12 packets, if it is more than twice that
 * a loss             .7 of the window if there is a queue, at most once for the bytes in flight; never below the path
 * at most            the configured window, or 1.5 * path if that is more, within the socket's buffer
 * at least           2 packets, and one datagram
 * </pre>
 *
 * <p>A packet has {@value #PACKET} bytes, whatever the MTU: a larger datagram is cut into several, each of which takes its place in
 * the queue.
 *
 * <p>Rate is that of the bytes received in order, round trip the shortest that was measured. Without a queue losses are not
 * caused by the window, so that those of a long link do not slow it down.
 *
 * <p>Bytes that have arrived behind a gap are not in flight: the receiver grants as many in addition to the window, within half
 * a term, in steps of an eighth of the window. Aeron repeats one gap after the other, each of which takes a round trip; without the
 * addition the sender would be silent meanwhile and then fill a queue with a whole window at once. An overrun queue is expensive
 * for the same reason, and delays are heeded before it overruns. A delay may also be that of a busy processor, hence 12 packets.
 *
 * <p>Used by the driver's thread only.
 */
final class WindowControl implements CongestionControl {
    /** Value of the parameter {@code cc} of channels whose windows are controlled. */
    static final String NAME = "eden4j";

    private static final int PACKET = 1408;
    private static final int START = 10 * PACKET;
    private static final int LEAST = 2 * PACKET;
    private static final double DECREASE = .7;
    private static final double DELAYED_DECREASE = .8;
    private static final int LEAST_DELAYED = 12 * PACKET;
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final double QUEUE = 1.5;
    private static final int GAPS = 8;
    /** Steps of the addition in a window. */
    private static final int STEPS = 8;
    /** Share of an earlier rate that still counts. */
    private static final double MEMORY = .9;
    /** Shortest time over which a rate is measured. */
    private static final long SHORTEST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Shortest and longest time between measurements of the round trip. */
    private static final long MEASURE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SELDOM_NS = TimeUnit.SECONDS.toNanos(1);

    private final RetransmissionTimer timer;
    private final int mtu;
    /** Bound without regard to the path. */
    private final int usual;
    private final int largest;
    /** Bound of a window and the bytes behind a gap. */
    private final int granted;
    private int window;
    private boolean starting = true;
    /** The bytes before these positions were sent under a larger or a smaller window. */
    private long decreased;
    private long grown;
    /** Position and time at which the measurement of the rate began. */
    private long measuredFrom;
    private long measuredFromNs;
    /** Time of the last measurement. */
    private long rateMeasuredNs;
    private boolean begun;
    private double bytesPerNs;
    private long roundTripNs = Long.MAX_VALUE;
    /** Delay of the last round trip. */
    private long delayNs;
    private long askedNs;
    private long askedAt;
    private long newest;

    /**
     * @param usual the largest window of a short path
     * @param largest the largest window of any path
     * @param granted the most bytes that the sender may be ahead of the receiver, half a term
     * @param timer receives each round trip
     */
    WindowControl(int usual, int largest, int granted, int mtu, RetransmissionTimer timer) {
        this.timer = timer;
        this.mtu = mtu;
        this.granted = granted;
        this.usual = Math.clamp(usual, mtu, granted);
        this.largest = Math.clamp(largest, this.usual, granted);
        window = bounded(START);
    }

    /**
     * Returns a supplier for a driver: channels that ask for this control have it, others have Aeron's.
     *
     * @param share bytes of a socket's buffer that are one sender's
     * @param timer of the driver
     */
    static CongestionControlSupplier supplier(int share, RetransmissionTimer timer) {
        CongestionControlSupplier others = new DefaultCongestionControlSupplier();
        return (registration, channel, stream, session, termLength, mtu, control, source, clock, context, counters) -> {
            if (NAME.equals(channel.channelUri().get(CommonContext.CONGESTION_CONTROL_PARAM_NAME))) {
                int usual = channel.receiverWindowLengthOrDefault(context.initialWindowLength());
                return new WindowControl(usual, share, termLength / 2, mtu, timer);
            }
            return others.newInstance(registration, channel, stream, session, termLength, mtu, control, source, clock,
                    context, counters);
        };
    }

    @Override
    public boolean shouldMeasureRtt(long nowNs) {
        long pauseNs = isPathKnown() ? Math.clamp(2 * (roundTripNs + delayNs), MEASURE_NS, SELDOM_NS) : MEASURE_NS;
        boolean due = nowNs - askedNs > pauseNs;
        return begun && newest != askedAt && due; // a silent stream is not asked
    }

    @Override
    public void onRttMeasurementSent(long nowNs) {
        askedNs = nowNs;
        askedAt = newest;
    }

    @Override
    public void onRttMeasurement(long nowNs, long measuredNs, InetSocketAddress source) {
        if (measuredNs > 0) {
            timer.measured(measuredNs);
            roundTripNs = Math.min(roundTripNs, measuredNs);
            delayNs = measuredNs - roundTripNs;
            if (delayNs > 2 * mostDelayNs()) {
                window = Math.max(Math.min(window, Math.max(LEAST_DELAYED, mtu)), (int) (DELAYED_DECREASE * window));
            }
        }
    }

    @Override
    public long onTrackRebuild(long nowNs, long consumed, long lastStatus, long received, long rebuiltFrom,
            long rebuilt, boolean lossFound) {
        if (!begun) {
            begun = true;
            grown = rebuilt + window;
            measuredFrom = rebuilt;
            measuredFromNs = nowNs;
            rateMeasuredNs = nowNs;
        }
        newest = received;
        measure(nowNs, rebuilt, received);
        if (lossFound && rebuilt >= decreased && queues()) {
            starting = false;
            decreased = Math.max(received, lastStatus + window);
            window = bounded(Math.max(DECREASE * window, path()));
            grown = decreased + window;
        } else if (rebuilt >= grown) {
            boolean doubles = starting && window < usual || !queues();
            if (delayNs <= mostDelayNs()) {
                window = bounded(doubles ? 2.0 * window : window + PACKET);
            }
            grown = rebuilt + window;
        }
        return CongestionControl.packOutcome(window + behindGap(received - rebuilt), lossFound);
    }

    /**
     * Measures the rate over a window, and over a round trip at least, from and to moments without a gap: what has arrived
     * behind one is not known. If there is a gap for {@value #GAPS} round trips, what has arrived before it is a lower bound.
     */
    private void measure(long nowNs, long rebuilt, long received) {
        long elapsedNs = nowNs - measuredFromNs;
        boolean gap = rebuilt < received && isPathKnown();
        boolean due = elapsedNs >= SHORTEST_NS
                && (!isPathKnown() || nowNs - rateMeasuredNs >= (gap ? GAPS : 1) * roundTripNs);
        if (due && (gap || rebuilt - measuredFrom >= window)) {
            bytesPerNs = Math.max((double) (rebuilt - measuredFrom) / elapsedNs, MEMORY * bytesPerNs);
            rateMeasuredNs = nowNs;
            if (!gap) {
                measuredFrom = rebuilt;
                measuredFromNs = nowNs;
            }
        }
    }

    private int behindGap(long bytes) {
        int step = Math.max(mtu, window / STEPS);
        return (int) Math.clamp(bytes / step * step, 0L, (long) granted - window);
    }

    private boolean isPathKnown() {
        return roundTripNs < Long.MAX_VALUE;
    }

    private long mostDelayNs() {
        return Math.max(DELAY_NS, 2 * roundTripNs);
    }

    private boolean queues() {
        return window > QUEUE * path() + mtu;
    }

    /** Returns the bytes that the path holds. */
    private double path() {
        return isPathKnown() ? bytesPerNs * roundTripNs : 0;
    }

    private int bounded(double wanted) {
        double most = Math.min(largest, Math.max(usual, QUEUE * path()));
        return (int) Math.clamp(wanted, Math.min(Math.max(LEAST, mtu), most), most);
    }

    @Override
    public int initialWindowLength() {
        return window;
    }

    @Override
    public int maxWindowLength() {
        return granted;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
