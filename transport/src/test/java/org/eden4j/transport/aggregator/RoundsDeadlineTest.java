package org.eden4j.transport.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.JobTally;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEncoder;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.StateLabel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a round that waits for a member, by a clock that the test advances. */
class RoundsDeadlineTest {
    private static final Method METHOD = Method.parse("none");
    private static final int DIMENSION = 100;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(8);
    private static final long START_NS = 12_345;

    private final Arena arena = Arena.ofShared();
    private final List<RoundStatistics> reports = new ArrayList<>();
    private long nowNs = START_NS;
    private final PatientClock clock = new PatientClock(() -> nowNs);
    private JobState state;
    private Members members;
    private Rounds rounds;

    private void start(int quorum) {
        JobTerms terms = new JobTerms(2, METHOD, METHOD, DIMENSION, FrameLayout.LARGEST_MTU, 1, 1, DEADLINE_NS, quorum,
                3,
                1, false, false)
            .withLayout(UpdateLayout.whole(DIMENSION, METHOD));
        state = new JobState(terms);
        members = new Members(2, 2);
        for (int index = 0; index < 2; index++) {
            Session member = new Session(new Peer(index, index, StateLabel.BLANK, index), 0);
            member.seat(index);
            member.synced(0);
            members.seat(index, member, index);
        }
        rounds = new Rounds(terms, members, state, new JobTally(new DropCounters()), clock, new LongWork(() -> {}),
                reports::add, 0, arena);
    }

    @AfterEach
    void close() {
        state.close();
        arena.close();
    }

    private void at(long ns) {
        nowNs = ns;
        clock.advance();
    }

    private void contribute(int worker) {
        BlockCodec codec = BlockCodec.of(METHOD);
        MemorySegment payload = NativeMemory.allocate(arena, codec.payloadBytes(DIMENSION));
        codec.encode(MemorySegment.ofArray(new float[DIMENSION]), 0, DIMENSION,
                BlockSeed.of(1, rounds.current(), worker, 0), payload, 0);
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        new UpdateEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .epoch(1)
            .round(rounds.current())
            .worker(worker)
            .method((short) METHOD.wireId())
            .shard((short) 0)
            .frame(0)
            .weight(1);
        UpdateDecoder update = new UpdateDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        rounds.update(members.at(worker), update, payload.address(), (int) payload.byteSize());
    }

    @Test
    void shouldWaitForTheDeadlineFromTheFirstFrameOnAndNoLonger() {
        start(1);
        long firstNs = START_NS + 3 * DEADLINE_NS;
        at(firstNs);
        assertFalse(rounds.check(), "no frame has come");
        contribute(0);
        at(firstNs + DEADLINE_NS);
        assertFalse(rounds.check());
        assertEquals(0, rounds.current());
        at(firstNs + DEADLINE_NS + 1);
        assertTrue(rounds.check());
        assertTrue(rounds.addDue());
        assertTrue(rounds.check());
        assertEquals(1, rounds.current(), "closed with one of two");
    }

    @Test
    void shouldGiveEachAttemptOneDeadline() {
        start(2);
        at(START_NS + 1);
        contribute(0);
        at(START_NS + 1 + DEADLINE_NS);
        assertFalse(rounds.check());
        at(START_NS + 2 + DEADLINE_NS);
        assertTrue(rounds.check());
        assertEquals(2, rounds.standing().attempt());
        contribute(0);
        at(START_NS + 2 + 2 * DEADLINE_NS);
        assertFalse(rounds.check());
        at(START_NS + 3 + 2 * DEADLINE_NS);
        assertTrue(rounds.check());
        assertEquals(3, rounds.standing().attempt());
        assertEquals(0, rounds.current());
    }
}
