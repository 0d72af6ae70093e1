package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.StatusMessageFlyweight;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacingTest {
    private static final int MTU = 1408;
    private static final int TERM = 2 << 20;
    private static final long MS = 1_000_000;
    private static final int SHORT = 128 << 10;
    private static final int LONG = 512 << 10;

    private final Pacing pacing = new Pacing(MTU);
    private long limit;
    private long sent;

    @BeforeEach
    void initialize() {
        pacing.initialize(new MediaDriver.Context(), null, UdpChannel.parse("aeron:udp?endpoint=127.0.0.1:7400"), 1, 1,
                1, 0,
                TERM);
    }

    /** The receiver has taken the bytes up to a position and grants a window. */
    private void status(long nowNs, long position, int window) {
        StatusMessageFlyweight status = new StatusMessageFlyweight(
                ByteBuffer.allocate(StatusMessageFlyweight.HEADER_LENGTH));
        status.consumptionTermId((int) (position / TERM))
            .consumptionTermOffset((int) (position % TERM))
            .receiverWindowLength(window);
        limit = pacing.onStatusMessage(status, null, limit, 0, Integer.numberOfTrailingZeros(TERM), nowNs);
    }

    /** The sender sends what it may. */
    private void sendAll(long nowNs) {
        sent = Math.max(sent, limit / MTU * MTU);
        limit = pacing.onIdle(nowNs, limit, sent, false);
    }

    /** A receiver that takes a number of bytes each ms; the sender always has more. */
    private long flow(long fromMs, long toMs, long bytesPerMs, int window) {
        for (long ms = fromMs; ms < toMs; ms++) {
            status(ms * MS, ms * bytesPerMs, window);
            sendAll(ms * MS);
        }
        return toMs * bytesPerMs;
    }

    @Test
    void shouldSendTheWindowOfAShortPathAtOnce() {
        long position = flow(0, 300, 12_500, SHORT);
        status(300 * MS, position, SHORT);
        assertEquals(position + SHORT, limit);
    }

    @Test
    void shouldSpreadWhatALongPathGrantsAfterAStall() {
        long position = flow(0, 300, 12_500, LONG);
        long stalledAt = sent;
        status(400 * MS, stalledAt, LONG); // everything has arrived: a whole window is granted
        sendAll(400 * MS);
        int atOnce = (64 << 10) + 2 * 12_500; // with what was allowed before
        assertTrue(limit <= stalledAt + atOnce, "at once " + (limit - stalledAt));
        for (int ms = 400; ms < 420; ms++) {
            sendAll(ms * MS);
        }
        double rate = (sent - stalledAt - atOnce) / 20.0;
        assertTrue(rate > 12_500 && rate < 2 * 12_500, rate + " bytes per ms, granted up to " + position);
        for (int ms = 420; ms < 500; ms++) {
            sendAll(ms * MS);
        }
        assertEquals(stalledAt + LONG, limit);
    }

    @Test
    void shouldNotExceedWhatIsGranted() {
        long position = flow(0, 300, 12_500, LONG);
        for (int ms = 300; ms < 2_000; ms++) {
            sendAll(ms * MS);
        }
        assertTrue(limit <= position + LONG, limit + " of " + (position + LONG));
    }

    @Test
    void shouldNotTakeATimeWithoutAnythingToSendForASlowPath() {
        flow(0, 300, 12_500, LONG);
        long idleAt = sent;
        for (int ms = 300; ms < 900; ms++) {
            status(ms * MS, idleAt, LONG);
            limit = pacing.onIdle(ms * MS, limit, idleAt, false);
        }
        for (int ms = 900; ms < 930; ms++) {
            sendAll(ms * MS);
        }
        assertTrue(sent - idleAt > 30 * 12_500, (sent - idleAt) + " bytes in 30 ms");
    }

    @Test
    void shouldRepeatMoreAndMoreWhereGapsAreNear() {
        flow(0, 300, 12_500, LONG);
        assertEquals(MTU, pacing.maxRetransmissionLength(0, MTU, TERM, MTU));
        assertEquals(MTU, pacing.maxRetransmissionLength(1 << 20, MTU, TERM, MTU), "far from the last one");
        int offset = 1 << 20;
        int expected = MTU;
        for (int gap = 0; gap < 6; gap++) {
            offset += expected + 2 * MTU;
            expected *= 2;
            assertEquals(expected, pacing.maxRetransmissionLength(offset, MTU, TERM, MTU));
            assertEquals(expected, pacing.maxRetransmissionLength(offset, MTU, TERM, MTU), "asked for again");
        }
        offset += expected + MTU;
        assertEquals(LONG / 4, pacing.maxRetransmissionLength(offset, MTU, TERM, MTU),
                "at most a quarter of the window");
    }

    @Test
    void shouldRepeatGapsAloneOnAShortPath() {
        flow(0, 300, 12_500, SHORT);
        assertEquals(MTU, pacing.maxRetransmissionLength(0, MTU, TERM, MTU));
        assertEquals(MTU, pacing.maxRetransmissionLength(3 * MTU, MTU, TERM, MTU));
    }
}
