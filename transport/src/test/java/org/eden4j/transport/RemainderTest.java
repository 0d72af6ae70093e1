package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members that share a model, which the aggregator keeps, and a remainder, which it does not. */
@Timeout(60)
class RemainderTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;
    /** Far beyond the test's limit: a member that waits for it fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    /** Steps of a member between two exchanges. */
    private static final long STEPS = 10;

    /** A member that counts its steps. */
    private static final class Member implements Replica {
        final Worker worker;
        final float[] model;
        final int bytes;
        long iteration;

        Member(Worker worker, long iteration) {
            this(worker, iteration, 100_000);
        }

        Member(Worker worker, long iteration, int bytes) {
            this.worker = worker;
            this.iteration = iteration;
            this.bytes = bytes;
            model = Job.gaussian(DIMENSION, iteration);
        }

        @Override
        public long stateBytes() {
            return bytes;
        }

        @Override
        public void save(MemorySegment target) {
            target.set(ValueLayout.JAVA_LONG, 0, iteration);
        }

        @Override
        public void restore(MemorySegment saved) {
            iteration = saved.get(ValueLayout.JAVA_LONG, 0);
        }

        Member share() {
            worker.shareModel(MemorySegment.ofArray(model), this);
            return this;
        }

        Job.Exchanged round() {
            iteration += STEPS;
            return Job.exchange(worker, Job.gaussian(DIMENSION, iteration), 1);
        }
    }

    private static Job job(Job.Channel channel, int workers, int quorum) {
        return new Job(channel, workers, METHOD, METHOD, options -> options.deadline(DEADLINE).quorum(quorum));
    }

    private static List<Member> share(Job job, int workers) throws Exception {
        List<Member> members = new ArrayList<>();
        List<Callable<Member>> sharing = new ArrayList<>();
        for (int index = 0; index < workers; index++) {
            Member member = new Member(job.join(index, DIMENSION), 1000 * index);
            members.add(member);
            sharing.add(member::share);
        }
        job.all(sharing);
        return members;
    }

    private static List<Job.Exchanged> round(Job job, Member... members) throws Exception {
        List<Callable<Job.Exchanged>> tasks = new ArrayList<>();
        for (Member member : members) {
            tasks.add(member::round);
        }
        return job.all(tasks);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeginWithTheRemainderOfTheFirstMember(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, 3)) {
            List<Member> members = share(job, 3);
            members.forEach(member -> assertEquals(0, member.iteration));
            round(job, members.toArray(new Member[0]))
                .forEach(exchanged -> assertEquals(3, exchanged.result().contributors()));
            assertArrayEquals(members.get(0).model, members.get(1).model);
            assertArrayEquals(members.get(0).model, members.get(2).model);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveAJoinerWhatAMemberHasThatTookPartInTheRoundBefore(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, 2)) {
            List<Member> members = share(job, 3);
            Member first = members.get(0);
            Member second = members.get(1);
            round(job, first, second, members.get(2));
            job.workers.remove(members.get(2).worker);
            members.get(2).worker.close();
            round(job, first, second);
            for (int join = 0; join < 3; join++) {
                Member late = new Member(job.join(2, DIMENSION), 777);
                AtomicLong end = new AtomicLong(Long.MAX_VALUE);
                List<Future<Void>> others = List.of(job.submit(() -> rounds(first, end)),
                        job.submit(() -> rounds(second, end)));
                late.share();
                assertEquals(STEPS * late.worker.round(), late.iteration, "like members before that round");
                end.set(late.worker.round() + 3);
                rounds(late, end);
                for (Future<Void> other : others) {
                    other.get();
                }
                assertEquals(first.iteration, late.iteration);
                assertArrayEquals(first.model, second.model);
                assertArrayEquals(first.model, late.model);
                job.workers.remove(late.worker);
                late.worker.close();
            }
        }
    }

    /** Takes part in rounds until the end, which may be set late. */
    private static Void rounds(Member member, AtomicLong end) {
        while (member.worker.round() < end.get()) {
            member.round();
        }
        return null;
    }

    @Test
    void shouldGiveTheStateBeforeTheOpenRoundWhereThatCannotEndWithoutTheJoiner() throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 2)) {
            List<Member> members = share(job, 2);
            Member first = members.get(0);
            round(job, first, members.get(1));
            job.workers.remove(members.get(1).worker);
            members.get(1).worker.close();
            Future<Job.Exchanged> open = job.submit(first::round);
            Member late = new Member(job.join(1, DIMENSION), 777).share();
            assertEquals(1, late.worker.round());
            assertEquals(first.iteration, late.iteration, "of one that waits in the open round");
            assertEquals(2, late.round().result().contributors());
            assertEquals(2, open.get().result().contributors());
            assertArrayEquals(first.model, late.model);
        }
    }

    @Test
    void shouldBringAMemberThatHasPausedToTheRemainderOfTheOthers() throws Exception {
        try (Job job = job(Job.Channel.IPC, 3, 1)) {
            List<Member> members = share(job, 3);
            Member first = members.get(0);
            Member second = members.get(1);
            Member third = members.get(2);
            round(job, first, second, third);
            third.worker.pause();
            for (int round = 0; round < 3; round++) {
                round(job, first, second);
            }
            AtomicLong end = new AtomicLong(Long.MAX_VALUE);
            List<Future<Void>> others = List.of(job.submit(() -> rounds(first, end)),
                    job.submit(() -> rounds(second, end)));
            assertTrue(third.round().result().resynchronised());
            assertEquals(STEPS * third.worker.round(), third.iteration);
            end.set(third.worker.round() + 3);
            rounds(third, end);
            for (Future<Void> other : others) {
                other.get();
            }
            assertArrayEquals(first.model, third.model);
            assertEquals(first.iteration, third.iteration);
        }
    }

    /** The others have left, or pause as well: what a member has not sent yet still counts. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetAMemberThatHasPausedKeepItsRemainderWhereNobodyTakesPart(boolean gone) throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 1)) {
            List<Member> members = share(job, 2);
            Member first = members.get(0);
            Member second = members.get(1);
            round(job, first, second);
            second.worker.pause();
            round(job, first);
            round(job, first);
            if (gone) {
                job.workers.remove(first.worker);
                first.worker.close();
            } else {
                first.worker.pause();
            }
            assertTrue(second.round().result().resynchronised());
            assertArrayEquals(first.model, second.model);
            assertEquals(2 * STEPS, second.iteration);
            assertEquals(3, second.worker.round());
            assertEquals(1, second.round().result().contributors());
        }
    }

    /** Nobody can supply a remainder any more: the first keeps its own, and the second adopts it. */
    @Test
    void shouldGiveJoinersTheModelWhereAllThatHadARemainderHaveLeft() throws Exception {
        try (Job job = job(Job.Channel.IPC, 4, 1)) {
            List<Member> members = share(job, 4);
            round(job, members.toArray(new Member[0]));
            float[] model = members.getFirst().model;
            for (Member early : members.subList(0, 2)) {
                job.workers.remove(early.worker);
                early.worker.close();
            }
            Member first = new Member(job.join(0, DIMENSION), 777);
            Member second = new Member(job.join(1, DIMENSION), 888);
            Future<Member> firstSharing = job.submit(first::share);
            Future<Member> secondSharing = job.submit(second::share);
            for (Member last : members.subList(2, 4)) {
                job.workers.remove(last.worker);
                last.worker.close();
            }
            firstSharing.get();
            assertEquals(777, first.iteration);
            assertArrayEquals(model, first.model);
            AtomicLong end = new AtomicLong(Long.MAX_VALUE);
            Future<Void> rounds = job.submit(() -> rounds(first, end));
            secondSharing.get();
            end.set(second.worker.round() + 2);
            rounds(second, end);
            rounds.get();
            assertEquals(first.iteration, second.iteration);
            assertArrayEquals(first.model, second.model);
        }
    }

    @Test
    void shouldRefuseARemainderOfAnotherLength() throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 1)) {
            Member first = new Member(job.join(0, DIMENSION), 0);
            Member other = new Member(job.join(1, DIMENSION), 0, 100_008);
            Future<Member> sharing = job.submit(first::share);
            assertEquals("the job's state has 120000 bytes, this worker's 120008",
                    assertThrows(TransportException.class, other::share).getMessage());
            sharing.get();
            assertEquals(1, first.round().result().contributors());
            assertThrows(IllegalArgumentException.class,
                    () -> first.worker.shareModel(MemorySegment.ofArray(first.model), new Member(null, 0, 1 << 20)));
        }
    }

    @Test
    void shouldTellMembersThatShareAModelAloneFromOthers() throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 1)) {
            Member first = new Member(job.join(0, DIMENSION), 0);
            Worker other = job.join(1, DIMENSION);
            first.share();
            assertEquals("the other members share a model and a remainder: call shareModel with both before the first "
                    + "exchange on all of them or on none",
                    assertThrows(TransportException.class, () -> other.shareModel(MemorySegment.ofArray(first.model)))
                        .getMessage());
        }
    }

    @Test
    void shouldBoundARemainderBeforeItComes() throws Exception {
        for (long bytes : new long[]{-8, Protocol.largestReplica(DIMENSION) + 1, 1L << 62}) {
            try (Job job = job(Job.Channel.IPC, 1, 1); RawMember member = new RawMember(job, 0)) {
                member.join(Protocol.VERSION, DIMENSION, 65504, 0, METHOD.toString());
                Job.await("room",
                        () -> member.uplink.ready(member.epoch, 0, 0, StateKind.MODEL_AND_REMAINDER));
                Job.await("a question", () -> {
                    member.poll();
                    return member.asked;
                });
                Job.await("room", () -> member.uplink.stateBegin(member.epoch, 0, StateKind.MODEL_AND_REMAINDER, 0,
                        (long) DIMENSION * Float.BYTES, bytes, 9, false));
                Job.await("a refusal", () -> {
                    member.poll();
                    return member.failure != null;
                });
                assertTrue(member.failure.startsWith("the state that worker 0 supplies is a MODEL_AND_REMAINDER of "),
                        member.failure);
            }
        }
    }

    @Test
    void shouldEndTheCallOfAMemberWhoseRemainderThrowsAndGoOn() throws Exception {
        try (Job job = job(Job.Channel.IPC, 3, 1)) {
            List<Member> members = share(job, 3);
            members.get(2).worker.close();
            Worker broken = job.join(2, DIMENSION);
            Replica throwing = new Replica() {
                @Override
                public long stateBytes() {
                    return 100_000;
                }

                @Override
                public void save(MemorySegment target) {
                    throw new IllegalStateException("not saved");
                }

                @Override
                public void restore(MemorySegment saved) {
                    throw new IllegalStateException("not restored");
                }
            };
            AtomicLong end = new AtomicLong(Long.MAX_VALUE);
            List<Future<Void>> others = List.of(job.submit(() -> rounds(members.get(0), end)),
                    job.submit(() -> rounds(members.get(1), end)));
            assertTrue(assertThrows(TransportException.class,
                    () -> broken.shareModel(MemorySegment.ofArray(new float[DIMENSION]), throwing))
                .getMessage()
                .endsWith("not restored"));
            end.set(members.get(0).worker.round() + 3);
            for (Future<Void> other : others) {
                other.get();
            }
            assertArrayEquals(members.get(0).model, members.get(1).model);
        }
    }
}
