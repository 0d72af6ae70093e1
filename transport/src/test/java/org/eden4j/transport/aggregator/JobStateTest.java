package org.eden4j.transport.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.Map;
import org.eden4j.compressor.Method;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.TermsFixture;
import org.junit.jupiter.api.Test;

/** The states that an aggregator sends to members. */
class JobStateTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;
    private static final JobTerms TERMS = TermsFixture.terms(2, METHOD, DIMENSION);
    private static final FrameLayout LAYOUT = FrameLayout.of(METHOD, DIMENSION, TERMS.mtu());

    private static int counted(StateImage image, int worker, long round) {
        Ledger ledger = new Ledger(TERMS.workers(), LAYOUT.frameCount());
        ledger.read(image.ledger());
        return ledger.counted(worker, round).cardinality();
    }

    @Test
    void shouldTellTheStatesBeforeAndAfterTheLastRoundApart() {
        try (Arena arena = Arena.ofConfined(); JobState state = new JobState(TERMS)) {
            MeanStore store = new MeanStore(LAYOUT, arena);
            for (int round = 0; round < 3; round++) {
                assertNull(state.imageBefore(round), "it has not ended");
                store.open(round);
                store.close(BitSet.valueOf(new byte[]{2}), Map.of(), 0, 0, 0);
                state.apply(store);
                assertEquals(round, state.imageBefore(round).round());
                assertEquals(0, counted(state.imageBefore(round), 1, round));
                if (round > 0) {
                    assertEquals(LAYOUT.frameCount(), counted(state.imageBefore(round), 1, round - 1));
                }
                assertEquals(round + 1, state.image(round + 1).round());
                assertEquals(LAYOUT.frameCount(), counted(state.image(round + 1), 1, round));
                assertEquals(0, counted(state.imageBefore(round), 1, round), "whatever was asked for in between");
            }
            assertNull(state.imageBefore(1), "not the last");
        }
    }
}
