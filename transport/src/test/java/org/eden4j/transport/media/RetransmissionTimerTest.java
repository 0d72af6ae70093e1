package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.driver.FeedbackDelayGenerator;
import org.junit.jupiter.api.Test;

class RetransmissionTimerTest {
    private static final long MS = 1_000_000;

    private final RetransmissionTimer timer = new RetransmissionTimer();
    private final FeedbackDelayGenerator requests = timer.requests(1000);
    private final FeedbackDelayGenerator lingering = timer.lingering();

    @Test
    void shouldFollowTheFormulasOfTheRfc() {
        timer.measured(100 * MS);
        assertEquals(100 * MS, lingering.generateDelayNs());
        assertEquals(100 * MS + 4 * 50 * MS, requests.retryDelayNs());
        timer.measured(60 * MS);
        // deviation 3/4 * 50 + 1/4 * 40 = 47.5; mean 7/8 * 100 + 1/8 * 60 = 95
        assertEquals(95 * MS, lingering.generateDelayNs());
        assertEquals(95 * MS + 190 * MS, requests.retryDelayNs());
    }

    @Test
    void shouldRequestAPacketOnceInARoundTripAndTheFirstTimeAtOnce() {
        for (int i = 0; i < 100; i++) {
            long roundTripNs = (90 + i % 21) * MS; // a queue of changing length
            timer.measured(roundTripNs);
            assertTrue(requests.retryDelayNs() > roundTripNs, i + ": " + requests.retryDelayNs());
            assertTrue(lingering.generateDelayNs() <= requests.retryDelayNs());
            assertEquals(1000, requests.generateDelayNs());
        }
    }

    @Test
    void shouldNotRepeatWithinAMillisecondNorWaitForMoreThanASecond() {
        assertEquals(10 * MS, requests.retryDelayNs(), "nothing is known");
        assertEquals(10 * MS, lingering.generateDelayNs());
        timer.measured(20_000);
        assertEquals(MS, requests.retryDelayNs());
        assertEquals(MS, lingering.generateDelayNs());
        for (int i = 0; i < 100; i++) {
            timer.measured(5000 * MS);
        }
        assertEquals(1000 * MS, requests.retryDelayNs());
    }
}
