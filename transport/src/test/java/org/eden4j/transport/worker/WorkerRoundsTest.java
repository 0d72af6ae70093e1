package org.eden4j.transport.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.TermsFixture;
import org.junit.jupiter.api.Test;

/** A worker's report of its update after it was moved to another round. */
class WorkerRoundsTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;
    private static final JobTerms TERMS = TermsFixture.terms(2, METHOD, DIMENSION);
    private static final List<CoordinateRange> ALL = List.of(new CoordinateRange(0, DIMENSION));

    private static void count(WorkerRounds rounds, long round) {
        BitSet second = new BitSet();
        second.set(1);
        rounds.ledger().enter(round, second, Map.of());
    }

    @Test
    void shouldNotTakeForItsOwnWhatAnotherProcessHadCounted() {
        try (Arena arena = Arena.ofConfined()) {
            WorkerRounds rounds = new WorkerRounds(TERMS, 1, false, new LongWork(() -> {}), arena);
            assertEquals(ALL, rounds.jump(3, true, false, 0, 0, 0).uncounted());
            count(rounds, 3);
            assertEquals(ALL, rounds.jump(4, false, true, 0, 0, 0).uncounted());
            count(rounds, 4);
            assertEquals(List.of(), rounds.jump(5, false, true, 0, 0, 0).uncounted());
        }
    }

    @Test
    void shouldTakeForItsOwnWhatWasCountedOnceTheRoundWasOpenAgain() {
        try (Arena arena = Arena.ofConfined()) {
            WorkerRounds rounds = new WorkerRounds(TERMS, 1, false, new LongWork(() -> {}), arena);
            rounds.jump(3, true, false, 0, 0, 0);
            rounds.reopen();
            count(rounds, 3);
            assertEquals(List.of(), rounds.jump(4, false, true, 0, 0, 0).uncounted());
        }
    }
}
