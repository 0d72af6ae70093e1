package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.driver.CongestionControl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowControlTest {
    private static final int MTU = 1408;
    private static final int USUAL = 128 << 10;
    private static final int LARGEST = 1 << 20;

    private static WindowControl control(int largest, int granted, int mtu) {
        return new WindowControl(USUAL, largest, granted, mtu, new RetransmissionTimer());
    }

    private static int window(WindowControl control, long nowNs, long position, boolean loss) {
        return CongestionControl
            .receiverWindowLength(
                    control.onTrackRebuild(nowNs, position, position, position, position, position, loss));
    }

    /** A stream without losses over a path: as many bytes in each round trip as its window allows. */
    private static int quiet(WindowControl control, long roundTripNs, long roundTrips) {
        int window = control.initialWindowLength();
        long position = 0;
        for (long trip = 0; trip < roundTrips; trip++) {
            window = window(control, trip * roundTripNs, position, false);
            position += window;
        }
        return window;
    }

    @Test
    void shouldReachTheUsualWindowOfAShortPathSoonAndStayThere() {
        assertEquals(USUAL,
                quiet(control(LARGEST, LARGEST, MTU), 200_000, 10));
        assertEquals(USUAL,
                quiet(control(LARGEST, LARGEST, MTU), 200_000, 10_000));
    }

    @Test
    void shouldGrowWithTheLengthOfThePath() {
        WindowControl control = control(LARGEST, LARGEST, MTU);
        control.onRttMeasurement(0, 50_000_000, null);
        assertEquals(LARGEST, quiet(control, 50_000_000, 20));
        assertEquals(LARGEST, control.maxWindowLength());
    }

    @Test
    void shouldReduceAWindowOnceForTheBytesInFlight() {
        WindowControl control = control(LARGEST, LARGEST, MTU);
        int window = quiet(control, 200_000, 100);
        long position = 1 << 30;
        int reduced = window(control, 1 << 30, position, true);
        assertEquals(.7 * window, reduced, 1);
        assertEquals(reduced, window(control, 1 << 30, position + window / 2, true));
        assertEquals(.7 * reduced, window(control, 1 << 30, position + window, true), 1);
    }

    @Test
    void shouldNotFallBelowWhatALongPathHoldsForLossesAtRandom() {
        long roundTripNs = 50_000_000;
        WindowControl control = control(LARGEST, LARGEST, MTU);
        control.onRttMeasurement(0, roundTripNs, null);
        double bytesPerNs = .0125; // 100 Mbit/s
        double path = bytesPerNs * roundTripNs;
        Random random = new Random(1);
        long position = 0;
        int smallest = LARGEST;
        for (int trip = 0; trip < 400; trip++) {
            long from = position;
            int window = window(control, trip * roundTripNs, from, random.nextInt(3) == 0);
            position += (long) Math.min(window, path);
            smallest = trip < 20 ? LARGEST : Math.min(smallest, window);
        }
        assertTrue(smallest > .9 * path, smallest + " of " + path);
    }

    @Test
    void shouldGrantWhatWaitsBehindAGapInAdditionWithinHalfATerm() {
        int granted = 4 << 20;
        WindowControl control = control(LARGEST, granted, MTU);
        int window = quiet(control, 200_000, 100);
        long rebuilt = 1 << 24;
        long previous = 0;
        for (int behind = 0; behind < granted; behind += MTU) {
            int now = CongestionControl
                .receiverWindowLength(control.onTrackRebuild(1 << 24, rebuilt, rebuilt, rebuilt + behind, rebuilt,
                        rebuilt, false));
            int expected = Math.min(window + behind, granted);
            assertTrue(now <= expected && now > expected - window / 8 - MTU, now + " of " + expected);
            assertTrue(now >= previous, "never less while the gap stays");
            previous = now;
        }
        assertEquals(granted, control.maxWindowLength());
    }

    @Test
    void shouldNotOverestimateTheRateWhereARepairReleasesWhatWaited() {
        long roundTripNs = 50_000_000;
        double bytesPerNs = .0125;
        WindowControl control = control(4 << 20, 4 << 20, MTU);
        control.onRttMeasurement(0, roundTripNs, null);
        int largest = 0;
        long rebuilt = 0;
        Random random = new Random(2);
        double gapEndsMs = 0;
        for (int ms = 0; ms < 20_000; ms++) {
            long received = (long) (ms * 1e6 * bytesPerNs);
            if (ms >= gapEndsMs) {
                rebuilt = received;
                gapEndsMs = random.nextInt(100) == 0 ? ms + 60 + random.nextInt(60) : ms; // a gap now and then, up to 120 ms
            }
            largest = Math.max(largest, CongestionControl.receiverWindowLength(
                    control.onTrackRebuild(ms * 1_000_000L, rebuilt, rebuilt, received, rebuilt, rebuilt, false))
                    - (int) (received - rebuilt));
        }
        double path = bytesPerNs * roundTripNs;
        assertTrue(largest > path && largest < 1.7 * path, largest + " of " + path);
    }

    @Test
    void shouldAskForARoundTripOnlyWhileBytesArrive() {
        WindowControl control = control(LARGEST, LARGEST, MTU);
        assertFalse(control.shouldMeasureRtt(1L << 40), "nothing has arrived");
        long position = 2L * quiet(control, 200_000, 10) * 10;
        assertTrue(control.shouldMeasureRtt(1L << 40));
        control.onRttMeasurementSent(1L << 40);
        assertFalse(control.shouldMeasureRtt(2L << 40), "no window since");
        window(control, 2L << 40, position, false);
        assertTrue(control.shouldMeasureRtt(2L << 40));
        assertFalse(control.shouldMeasureRtt((1L << 40) + 1), "too soon");
        control.onRttMeasurement(1L << 40, 100_000_000, null);
        assertFalse(control.shouldMeasureRtt((1L << 40) + 200_000_000), "too soon for a long path");
        assertTrue(control.shouldMeasureRtt((1L << 40) + 200_000_001));
    }

    @Test
    void shouldShrinkAndNotGrowWhereTheRoundTripIsDelayed() {
        WindowControl control = control(LARGEST, LARGEST, MTU);
        control.onRttMeasurement(0, 200_000, null);
        int window = quiet(control, 200_000, 100);
        control.onRttMeasurement(0, 40_000_000, null);
        long position = 1 << 30;
        assertEquals(window, window(control, 1 << 30, position, false), "it does not grow");
        control.onRttMeasurement(0, 60_000_000, null);
        assertEquals(.8 * window, window(control, 1 << 30, position, false), 1);
        for (int sample = 0; sample < 100; sample++) {
            control.onRttMeasurement(0, 60_000_000, null);
        }
        assertEquals(12 * MTU, window(control, 1 << 30, position, false), "the delay of a busy processor is no loss");
        control.onRttMeasurement(0, 300_000, null);
        assertTrue(window(control, 1 << 30, position + LARGEST, false) > 12 * MTU, "it grows again");
    }

    /**
     * Senders that share the queue of a link, in steps of one round trip without a queue. Each sends what its window allows;
     * what exceeds the queue is lost in turn, and sent again in the next step. Twelve large datagrams, one
     * per sender, leave the queue room for three more.
     */
    @ParameterizedTest
    @CsvSource({"4, 1408, .05", "4, 8160, .05", "12, 1408, .05", "12, 8160, .08"})
    void shouldFitTheQueueOfASlowLink(int senders, int mtu, double most) {
        double bytesPerStep = 250; // 10 Mbit/s and .2 ms
        int queueBytes = 62_500 + 64_000;
        List<WindowControl> controls = new ArrayList<>();
        long[] delivered = new long[senders];
        int[] windows = new int[senders];
        for (int sender = 0; sender < senders; sender++) {
            controls.add(control(LARGEST, LARGEST, mtu));
            windows[sender] = controls.get(sender).initialWindowLength();
        }
        double nowNs = 0;
        long lost = 0;
        long sent = 0;
        for (int trip = 0; trip < 2_000; trip++) {
            int flight = Arrays.stream(windows).sum();
            double share = Math.min(1, (queueBytes + bytesPerStep) / flight);
            nowNs += Math.max(200_000, flight * share / bytesPerStep * 200_000);
            for (int sender = 0; sender < senders; sender++) {
                boolean loses = share < 1 && (sender + trip) % 2 == 0;
                delivered[sender] += (long) (share * windows[sender]);
                if (trip >= 100) {
                    sent += windows[sender];
                    lost += (long) ((1 - share) * windows[sender]);
                }
                windows[sender] = window(controls.get(sender), (long) nowNs, delivered[sender], loses);
            }
        }
        System.out.println("lost " + (double) lost / sent + ", windows " + Arrays.toString(windows));
        assertTrue(lost < most * sent, lost + " of " + sent);
    }
}
