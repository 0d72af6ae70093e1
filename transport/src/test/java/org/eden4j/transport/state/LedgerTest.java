package org.eden4j.transport.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.MalformedMessageException;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final int FRAMES = 70;

    private static BitSet set(int... members) {
        BitSet set = new BitSet();
        for (int member : members) {
            set.set(member);
        }
        return set;
    }

    private static Ledger written() {
        Ledger ledger = new Ledger(4, FRAMES);
        ledger.enter(6, set(0, 1, 2), Map.of());
        ledger.enter(7, set(0), Map.of(1, set(0, 3, 69)));
        return ledger;
    }

    @Test
    void shouldKnowOfEachWorkerWhatWasCountedLast() {
        Ledger ledger = written();
        assertEquals(FRAMES, ledger.counted(0, 7).cardinality());
        assertEquals(set(0, 3, 69), ledger.counted(1, 7));
        assertEquals(FRAMES, ledger.counted(2, 6).cardinality());
        assertEquals(set(), ledger.counted(2, 7), "worker 2 missed round 7");
        assertEquals(set(), ledger.counted(3, 7), "worker 3 was never there");
        assertEquals(set(), ledger.counted(3, 0));
    }

    @Test
    void shouldTravel() {
        byte[] bytes = written().toBytes();
        Ledger read = new Ledger(4, FRAMES);
        read.enter(9, set(3), Map.of());
        read.read(bytes);
        assertEquals(set(0, 3, 69), read.counted(1, 7));
        assertEquals(FRAMES, read.counted(2, 6).cardinality());
        assertEquals(set(), read.counted(3, 9), "what was there before is gone");
        assertEquals(List.of((int) bytes[4], (int) bytes[13]), List.of(1, 2), "kinds as docs/protocol.md says");
    }

    @Test
    void shouldRefuseWhatIsNoLedger() {
        byte[] bytes = written().toBytes();
        Ledger read = new Ledger(4, FRAMES);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThrows(MalformedMessageException.class, () -> read.read(cut));
        }
        bytes[4] = 3;
        assertThrows(MalformedMessageException.class, () -> read.read(bytes));
        bytes[4] = 1;
        bytes[8] = 127;
        assertThrows(MalformedMessageException.class, () -> read.read(bytes));
    }

    @Test
    void shouldNameCoordinatesOfFrames() {
        FrameLayout layout = FrameLayout.of(Method.parse("eden:bits=4"), 100_000, 1408);
        int last = layout.frameCount() - 1;
        assertEquals(List.of(), FrameRanges.of(layout, set()));
        assertEquals(List.of(new CoordinateRange(0, 100_000)), FrameRanges.without(layout, set()));
        assertEquals(
                List.of(new CoordinateRange(layout.first(1), layout.end(2)),
                        new CoordinateRange(layout.first(last), 100_000)),
                FrameRanges.of(layout, set(1, 2, last)));
        assertEquals(List.of(new CoordinateRange(0, layout.first(1)),
                new CoordinateRange(layout.first(3), layout.first(last))),
                FrameRanges.without(layout, set(1, 2, last)));
        assertThrows(IllegalArgumentException.class, () -> new CoordinateRange(3, 3));
    }
}
