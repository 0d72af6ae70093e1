package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One bit of one member's state differs from the others'. */
@Timeout(60)
class DivergenceTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;
    private static final int INTERVAL = 4;
    /** The bit flips before this round. */
    private static final long FLIP = 2;
    /** Far beyond the test's limit: a member that waits for it fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    /** A member whose replica ends with a number that may differ between members. */
    private static final class Member implements Replica {
        final Worker worker;
        final StateKind kind;
        final float[] model;
        long own;

        Member(Worker worker, StateKind kind) {
            this.worker = worker;
            this.kind = kind;
            own = worker.index();
            model = Job.gaussian(DIMENSION, worker.index());
        }

        @Override
        public long stateBytes() {
            return (long) DIMENSION * Float.BYTES + Long.BYTES;
        }

        @Override
        public long commonBytes() {
            return (long) DIMENSION * Float.BYTES;
        }

        @Override
        public void save(MemorySegment target) {
            MemorySegment.copy(model, 0, target, ValueLayout.JAVA_FLOAT, 0, DIMENSION);
            target.set(ValueLayout.JAVA_LONG_UNALIGNED, commonBytes(), own);
        }

        @Override
        public void restore(MemorySegment saved) {
            if (kind == StateKind.REPLICA) {
                MemorySegment.copy(saved, ValueLayout.JAVA_FLOAT, 0, model, 0, DIMENSION);
            }
        }

        Void share() {
            MemorySegment segment = MemorySegment.ofArray(model);
            switch (kind) {
                case MODEL -> worker.shareModel(segment);
                case MODEL_AND_REMAINDER -> worker.shareModel(segment, this);
                default -> worker.shareState(this);
            }
            return null;
        }

        /** Takes part until the end, which the member whose state differs sets once it has been corrected. */
        List<Long> rounds(boolean flips, AtomicLong end) {
            List<Long> resynchronised = new ArrayList<>();
            while (worker.round() < end.get()) {
                long round = worker.round();
                if (flips && round == FLIP) {
                    model[17] = Float.intBitsToFloat(Float.floatToRawIntBits(model[17]) ^ 1 << 20); // no addition rounds it off
                }
                Job.Exchanged exchanged = Job.exchange(worker, Job.gaussian(DIMENSION, 10 * round + own), 1);
                if (exchanged.result().resynchronised()) {
                    resynchronised.add(round);
                    end.set(worker.round() + 3);
                } else if (kind == StateKind.REPLICA) {
                    for (int i = 0; i < DIMENSION; i++) {
                        model[i] -= exchanged.mean()[i];
                    }
                }
            }
            return resynchronised;
        }
    }

    @ParameterizedTest
    @CsvSource({"MODEL, 3, 0", "MODEL, 2, 1", "MODEL_AND_REMAINDER, 3, 2", "REPLICA, 3, 0", "REPLICA, 2, 1"})
    void shouldFindNameAndMendAFlippedBitWithinAnInterval(StateKind kind, int workers, int flipped) throws Exception {
        try (Job job = new Job(Job.Channel.IPC, workers, METHOD, METHOD,
                options -> options.deadline(DEADLINE).quorum(1).compareEvery(INTERVAL))) {
            List<Member> members = new ArrayList<>();
            for (int index = 0; index < workers; index++) {
                members.add(new Member(job.join(index, DIMENSION), kind));
            }
            job.all(members.stream().<Callable<Void>>map(member -> member::share).toList());
            AtomicLong end = new AtomicLong(Long.MAX_VALUE);
            List<List<Long>> resynchronised = job.all(members.stream()
                .<Callable<List<Long>>>map(member -> () -> member.rounds(member.own == flipped, end))
                .toList());
            for (int index = 0; index < workers; index++) {
                assertEquals(index == flipped ? 1 : 0, resynchronised.get(index).size());
                assertArrayEquals(members.get(0).model, members.get(index).model);
            }
            long found = resynchronised.get(flipped).getFirst();
            assertTrue(found > FLIP && found <= FLIP + INTERVAL + 1, "found in round " + found);
            Job.await("the report", () -> job.rounds.stream().mapToLong(RoundStatistics::diverged).sum() == 1);
        }
    }

    @Test
    void shouldBelieveHashesFromMembersAndOfTheOpenRoundOnly() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, METHOD, options -> options.quorum(1).compareEvery(1));
                RawMember member = new RawMember(job, 0);
                RawMember stranger = new RawMember(job, 1)) {
            member.join(Protocol.VERSION, DIMENSION, 65504, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION);
            Job.await("room", () -> stranger.uplink.replicaHash(member.epoch, 0, 1, 7));
            Job.await("room", () -> member.uplink.replicaHash(member.epoch, 0, 0, 7));
            Job.await("room", () -> member.uplink.replicaHash(member.epoch + 2, 0, 1, 7));
            Job.await("room", () -> member.uplink.replicaHash(member.epoch, 5, 1, 7));
            Job.await("room", () -> member.uplink.pause(member.epoch, 0, 1));
            Job.exchange(worker, Job.gaussian(DIMENSION, 1), 1);
            Job.await("a report", () -> job.rounds.size() == 1);
            RoundStatistics statistics = job.rounds.getFirst();
            assertEquals(2, statistics.foreign());
            assertEquals(1, statistics.stale());
            assertEquals(1, statistics.rejected());
            assertEquals(0, statistics.diverged());
        }
    }
}
