package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members that pause and return. */
@Timeout(60)
class PauseTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;
    /** Far beyond the test's limit: a member that waits for it fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private static Job job(Job.Channel channel, int workers, int quorum) {
        UnaryOperator<AggregatorBuilder> options = builder -> builder.deadline(DEADLINE).quorum(quorum);
        Job job = new Job(channel, workers, METHOD, METHOD, options);
        for (int index = 0; index < workers; index++) {
            job.join(index, DIMENSION);
        }
        return job;
    }

    private static float[][] shareModels(Job job) throws Exception {
        float[][] models = new float[job.workers.size()][];
        List<Callable<Void>> sharing = IntStream.range(0, models.length).<Callable<Void>>mapToObj(index -> () -> {
            models[index] = Job.gaussian(DIMENSION, index);
            job.workers.get(index).shareModel(MemorySegment.ofArray(models[index]));
            return null;
        }).toList();
        job.all(sharing);
        return models;
    }

    private static List<Job.Exchanged> round(Job job, int... indices) throws Exception {
        List<Worker> members = IntStream.of(indices).mapToObj(job.workers::get).toList();
        List<float[]> updates = IntStream.of(indices).mapToObj(index -> Job.gaussian(DIMENSION, index)).toList();
        float[] weights = new float[indices.length];
        java.util.Arrays.fill(weights, 1);
        return job.exchange(members, updates, weights);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeitherWaitForAMemberThatPausesNorCountItInTheQuorum(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, 3)) {
            float[][] models = shareModels(job);
            round(job, 0, 1, 2);
            job.workers.get(2).pause();
            job.workers.get(2).pause();
            for (int round = 0; round < 5; round++) {
                round(job, 0, 1).forEach(exchanged -> assertEquals(2, exchanged.result().contributors()));
            }
            Job.Exchanged back = round(job, 2).getFirst();
            assertTrue(back.result().resynchronised());
            assertArrayEquals(models[0], models[2]);
            for (Job.Exchanged exchanged : round(job, 0, 1, 2)) {
                assertEquals(3, exchanged.result().contributors());
            }
            assertArrayEquals(models[0], models[1]);
            assertArrayEquals(models[0], models[2]);
            Job.await("reports", () -> job.rounds.size() == 7);
            job.rounds.forEach(round -> assertEquals(1, round.attempts()));
        }
    }

    @Test
    void shouldGoOnAtOnceWhereNoRoundHasEndedMeanwhile() throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 2)) {
            float[][] models = shareModels(job);
            round(job, 0, 1);
            job.forEachWorker(Worker::pause);
            for (Job.Exchanged exchanged : round(job, 0, 1)) {
                assertFalse(exchanged.result().resynchronised());
            }
            assertArrayEquals(models[0], models[1]);
            job.workers.get(1).pause();
            assertEquals(1, round(job, 0).getFirst().result().contributors());
            assertTrue(round(job, 1).getFirst().result().resynchronised());
            assertArrayEquals(models[0], models[1]);
            assertFalse(job.aggregator.await(Duration.ZERO), "the job goes on");
        }
    }

    /** As when all members evaluate between two epochs: the first to return waits for the others. */
    @ParameterizedTest
    @EnumSource
    void shouldGoOnTogetherWhereAllHavePaused(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 2, 2)) {
            float[][] models = shareModels(job);
            round(job, 0, 1);
            job.forEachWorker(Worker::pause);
            Job.await("both pauses", () -> job.aggregator.standing().paused() == 2);
            Future<List<Job.Exchanged>> first = job.submit(() -> round(job, 1));
            Job.await("the update", () -> job.aggregator.standing().whole() == 1);
            assertFalse(first.isDone(), "the round waits for the other member");
            for (List<Job.Exchanged> exchanged : List.of(round(job, 0), first.get())) {
                assertEquals(2, exchanged.getFirst().result().contributors());
            }
            assertArrayEquals(models[0], models[1]);
        }
    }

    /** The order in which pauses arrive must not matter: one may have ended before another arrives. */
    @ParameterizedTest
    @EnumSource
    void shouldGoOnTogetherWhereOneReturnsBeforeTheOtherPauses(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 2, 1)) {
            float[][] models = shareModels(job);
            round(job, 0, 1);
            job.workers.get(0).pause();
            Job.await("a pause", () -> job.aggregator.standing().paused() == 1);
            Future<List<Job.Exchanged>> first = job.submit(() -> round(job, 0));
            Job.await("its update", () -> job.aggregator.standing().whole() == 1);
            job.workers.get(1).pause();
            Job.await("the other pause", () -> job.aggregator.standing().paused() == 1);
            assertFalse(first.isDone(), "the round waits for the other member");
            for (List<Job.Exchanged> exchanged : List.of(round(job, 1), first.get())) {
                assertEquals(2, exchanged.getFirst().result().contributors());
            }
            assertArrayEquals(models[0], models[1]);
        }
    }

    @Test
    void shouldWaitOneDeadlineAtMostForThoseThatPausedTogetherWithAll() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, METHOD,
                options -> options.deadline(Duration.ofMillis(300)).quorum(2))) {
            job.join(0, DIMENSION);
            job.join(1, DIMENSION);
            shareModels(job);
            round(job, 0, 1);
            job.forEachWorker(Worker::pause);
            for (int round = 0; round < 4; round++) {
                assertEquals(1, round(job, 1).getFirst().result().contributors());
            }
            Job.await("reports", () -> job.rounds.size() == 5);
            assertEquals(List.of(2, 2, 1, 1, 1), job.rounds.stream().map(round -> round.members()).toList());
            job.rounds.forEach(round -> assertEquals(1, round.attempts()));
        }
    }

    @Test
    void shouldPauseBeforeTheFirstRoundOfAJobWithoutAState() throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 2)) {
            job.workers.get(1).pause();
            round(job, 0).forEach(exchanged -> assertEquals(1, exchanged.result().contributors()));
            assertTrue(round(job, 1).getFirst().result().resynchronised());
            round(job, 0, 1).forEach(exchanged -> assertEquals(2, exchanged.result().contributors()));
            job.forEachWorker(Worker::pause);
            round(job, 0, 1).forEach(exchanged -> assertEquals(2, exchanged.result().contributors()));
        }
    }

    /** A vector from which every mean is subtracted. */
    private static final class Descent implements Replica {
        final float[] model;

        Descent(long seed) {
            model = Job.gaussian(DIMENSION, seed);
        }

        @Override
        public long stateBytes() {
            return (long) DIMENSION * Float.BYTES;
        }

        @Override
        public void save(MemorySegment target) {
            target.copyFrom(MemorySegment.ofArray(model));
        }

        @Override
        public void restore(MemorySegment saved) {
            MemorySegment.ofArray(model).copyFrom(saved);
        }

        void apply(Job.Exchanged exchanged) {
            for (int i = 0; i < DIMENSION && !exchanged.result().resynchronised(); i++) {
                model[i] -= exchanged.mean()[i];
            }
        }
    }

    private static RoundResult take(Job job, int index, Descent descent) throws Exception {
        Job.Exchanged exchanged = round(job, index).getFirst();
        descent.apply(exchanged);
        return exchanged.result();
    }

    /** Takes part in rounds until the end, which may be set late. */
    private static Void rounds(Job job, int index, Descent descent, AtomicLong end) throws Exception {
        while (job.workers.get(index).round() < end.get()) {
            take(job, index, descent);
        }
        return null;
    }

    @Test
    void shouldTakeTheReplicaOfTheMemberThatPausedLast() throws Exception {
        try (Job job = job(Job.Channel.IPC, 2, 1)) {
            Descent first = new Descent(1);
            Descent second = new Descent(2);
            job.all(List.of(() -> {
                job.workers.get(0).shareState(first);
                return null;
            }, () -> {
                job.workers.get(1).shareState(second);
                return null;
            }));
            List<Job.Exchanged> both = round(job, 0, 1);
            first.apply(both.get(0));
            second.apply(both.get(1));
            job.workers.get(0).pause();
            second.apply(round(job, 1).getFirst());
            job.workers.get(1).pause();

            Job.Exchanged alone = round(job, 1).getFirst();
            assertFalse(alone.result().resynchronised(), "no member is further");
            second.apply(alone);
            AtomicLong end = new AtomicLong(Long.MAX_VALUE);
            Future<Void> other = job.submit(() -> rounds(job, 1, second, end));
            assertTrue(take(job, 0, first).resynchronised());
            end.set(job.workers.get(0).round() + 3);
            rounds(job, 0, first, end);
            other.get();
            assertArrayEquals(first.model, second.model);
        }
    }

    @Test
    void shouldBelieveAPauseFromTheMemberItselfOnly() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, METHOD, options -> options.quorum(2));
                RawMember member = new RawMember(job, 0);
                RawMember stranger = new RawMember(job, 1)) {
            member.join(Protocol.VERSION, DIMENSION, 65504, 1, METHOD.toString());
            job.join(0, DIMENSION);
            for (RawMember sender : List.of(member, stranger)) {
                Job.await("room", () -> sender.uplink.pause(member.epoch, 0, 0));
            }
            Job.await("room", () -> member.uplink.pause(member.epoch + 2, 0, 1));
            Future<List<Job.Exchanged>> open = job.submit(() -> round(job, 0));
            Job.await("the update", () -> job.aggregator.standing().whole() == 1);
            assertFalse(open.isDone(), "the round waits for the other member");
            Job.await("room", () -> member.uplink.pause(member.epoch, 0, 1));
            assertEquals(1, open.get().getFirst().result().contributors());
            Job.await("a report", () -> job.rounds.size() == 1);
            assertEquals(2, job.rounds.getFirst().foreign());
            assertEquals(1, job.rounds.getFirst().stale());
        }
    }

    private static ChildProcess aggregator(JobAddress address) throws Exception {
        return new ChildProcess(ChildProcess.BRIEF, AggregatorProcess.class, address, 2, METHOD, DEADLINE.toMillis(),
                1408, "0/1", 3);
    }

    /** The transport of a paused member has the model, although its caller does something else. */
    @Test
    @Tag("thorough")
    void shouldRestoreAJobWhoseMembersAllPause() throws Exception {
        List<Worker> workers = new ArrayList<>();
        ChildProcess aggregator = aggregator(JobAddress.udp("127.0.0.1", 0));
        try {
            JobAddress address = AggregatorProcess.listening(aggregator);
            float[][] models = {Job.gaussian(DIMENSION, 0), Job.gaussian(DIMENSION, 1), Job.gaussian(DIMENSION, 2)};
            for (int index = 0; index < 2; index++) {
                workers.add(Worker.builder(address, DIMENSION, METHOD).mtu(1408).index(index).join());
            }
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                Job.all(threads, IntStream.range(0, 2).<Callable<Job.Exchanged>>mapToObj(index -> () -> {
                    workers.get(index).shareModel(MemorySegment.ofArray(models[index]));
                    return Job.exchange(workers.get(index), Job.gaussian(DIMENSION, 7), 1);
                }).toList());
            }
            workers.forEach(Worker::pause);
            aggregator.kill();
            aggregator.close();
            aggregator = aggregator(address);
            assertEquals(address, AggregatorProcess.listening(aggregator));
            workers.add(Worker.builder(address, DIMENSION, METHOD).mtu(1408).join());
            workers.getLast().shareModel(MemorySegment.ofArray(models[2]));
            assertArrayEquals(models[0], models[1]);
            assertArrayEquals(models[0], models[2]);
            assertEquals(1, workers.getLast().round());
        } finally {
            workers.forEach(Worker::close);
            aggregator.close();
        }
    }
}
