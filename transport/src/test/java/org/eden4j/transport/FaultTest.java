package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Means stay right and no call hangs when members are late, broken or gone. */
@Timeout(60)
class FaultTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int DIMENSION = 60_000;
    private static final float[] ONES = {1, 1, 1};

    private final Reference reference = new Reference(METHOD, DOWN, DIMENSION, 65504, Job.SEED);
    private final float[] update = Job.gaussian(DIMENSION, 1);

    private float[] mean(long round, int... workers) {
        return reference.mean(round, IntStream.of(workers)
            .mapToObj(worker -> new Reference.Contribution(worker, update, 1))
            .toList());
    }

    private static Job job(Job.Channel channel, int workers, Duration deadline) {
        return job(channel, workers, options -> options.deadline(deadline));
    }

    private static Job job(Job.Channel channel, int workers, UnaryOperator<AggregatorBuilder> options) {
        Job job = new Job(channel, workers, METHOD, DOWN, options);
        IntStream.range(0, workers).forEach(index -> job.join(index, DIMENSION));
        return job;
    }

    @Tag("thorough")
    @ParameterizedTest
    @EnumSource
    void shouldCloseAtTheDeadlineWithoutTheLateOneAndTakeItBack(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, Duration.ofSeconds(1))) {
            List<Worker> punctual = job.workers.subList(0, 2);
            for (Job.Exchanged exchanged : job.exchange(punctual, List.of(update, update), ONES)) {
                assertArrayEquals(mean(0, 0, 1), exchanged.mean());
                assertEquals(List.of(2), exchanged.result().missing());
                assertEquals(3, exchanged.result().members());
                assertTrue(exchanged.result().contributed());
            }
            Job.Exchanged late = Job.exchange(job.workers.get(2), update, 1);
            assertArrayEquals(mean(0, 0, 1), late.mean());
            assertEquals(0, late.result().round());
            assertFalse(late.result().contributed());
            assertEquals(List.of(new CoordinateRange(0, DIMENSION)), late.result().uncounted());
            for (Job.Exchanged exchanged : job.exchange(job.workers, List.of(update, update, update), ONES)) {
                assertArrayEquals(mean(1, 0, 1, 2), exchanged.mean());
            }
            Job.await("two reports", () -> job.rounds.size() == 2);
            assertEquals(List.of(2), job.rounds.get(0).missing());
            assertTrue(job.rounds.get(0).collecting().toMillis() >= 1000, "waited for the deadline");
            assertEquals(List.of(0, 1, 2), job.rounds.get(1).contributors());
        }
    }

    @Tag("thorough")
    @ParameterizedTest
    @EnumSource
    void shouldLetAStragglerCatchUpSeveralRounds(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, Duration.ofMillis(300))) {
            List<Worker> punctual = job.workers.subList(0, 2);
            for (int round = 0; round < 3; round++) {
                job.exchange(punctual, List.of(update, update), ONES);
            }
            for (int round = 0; round < 3; round++) {
                Job.Exchanged late = Job.exchange(job.workers.get(2), update, 1);
                assertEquals(round, late.result().round());
                assertArrayEquals(mean(round, 0, 1), late.mean());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailForAllWhereARoundMissesItsQuorumTooOften(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, options -> options.deadline(Duration.ofMillis(500)).attempts(2))) {
            TransportException e = assertThrows(TransportException.class,
                    () -> Job.exchange(job.workers.get(1), update, 1));
            assertTrue(e.getMessage()
                .matches(
                        "round 0 failed: 1 of 3 workers contributed within \\d+ ms, the quorum is 2; missing workers 0, 2"),
                    e.getMessage());
            assertEquals(e.getMessage(), assertThrows(TransportException.class,
                    () -> Job.exchange(job.workers.get(0), update, 1))
                .getMessage());
            assertEquals(e.getMessage(),
                    assertThrows(TransportException.class, job.aggregator::awaitEnd).getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTryARoundAgainUntilItHasItsQuorum(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, options -> options.deadline(Duration.ofMillis(500)).attempts(1000))) {
            Future<Job.Exchanged> early = job.submit(() -> Job.exchange(job.workers.get(1), update, 1));
            Job.await("a second attempt", () -> job.aggregator.standing().attempt() >= 2);
            Job.Exchanged second = Job.exchange(job.workers.get(2), update, 1);
            Job.Exchanged first = early.get();
            assertArrayEquals(first.mean(), second.mean());
            assertArrayEquals(mean(0, 1, 2), first.mean());
            assertTrue(first.result().attempts() >= 2, first.toString());
            assertEquals(List.of(0), first.result().missing());
            assertEquals(List.of(), first.result().uncounted());
            Job.await("a report", () -> job.rounds.size() == 1);
            assertEquals(first.result().attempts(), job.rounds.getFirst().attempts());
            long updateBytes = FrameLayout.of(job.method, update.length, FrameLayout.LARGEST_MTU).totalBytes();
            assertEquals(first.result().attempts() * updateBytes, first.result().bytesUp(), first.toString());
            assertEquals((first.result().attempts() + 1) * updateBytes, job.rounds.getFirst().bytesUp());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseNanAndGoOnWithoutThatWorker(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 3, Duration.ofSeconds(30))) {
            float[] broken = update.clone();
            broken[12_345] = Float.NaN;
            Worker diverged = job.workers.get(1);
            Future<Job.Exchanged> failing = job.submit(() -> Job.exchange(diverged, broken, 1));
            List<Worker> healthy = List.of(job.workers.get(0), job.workers.get(2));
            long startNs = System.nanoTime();
            for (Job.Exchanged exchanged : job.exchange(healthy, List.of(update, update), ONES)) {
                assertArrayEquals(mean(0, 0, 2), exchanged.mean());
                assertEquals(2, exchanged.result().contributors());
            }
            assertTrue(System.nanoTime() - startNs < 10_000_000_000L, "nobody waited for the deadline");
            Throwable cause = assertThrows(ExecutionException.class, failing::get).getCause();
            assertEquals(12_345, assertInstanceOf(NonFiniteGradientException.class, cause).index());
            String message = assertThrows(TransportException.class, () -> Job.exchange(diverged, update, 1))
                .getMessage();
            assertTrue(message.startsWith("this worker has left the job: gradient[12345] is NaN"), message);
            for (Job.Exchanged exchanged : job.exchange(healthy, List.of(update, update), ONES)) {
                assertArrayEquals(mean(1, 0, 2), exchanged.mean());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndExchangesWhenTheAggregatorCloses(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 2, Duration.ofSeconds(30))) {
            Future<Job.Exchanged> waiting = job.submit(() -> Job.exchange(job.workers.get(0), update, 1));
            job.aggregator.close();
            Throwable cause = assertThrows(ExecutionException.class, waiting::get).getCause();
            assertEquals("the aggregator was closed", assertInstanceOf(TransportException.class, cause).getMessage());
            assertTrue(job.aggregator.await(Duration.ofSeconds(5)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailAnExchangeWhenTheWorkerCloses(Job.Channel channel) throws Exception {
        try (Job job = job(channel, 2, Duration.ofSeconds(30))) {
            Future<Job.Exchanged> waiting = job.submit(() -> Job.exchange(job.workers.get(0), update, 1));
            job.workers.get(0).close();
            Throwable cause = assertThrows(ExecutionException.class, waiting::get).getCause();
            assertInstanceOf(TransportException.class, cause);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailForAllWhenAllContributionsAreBeyondTheRangeOfAMean(Job.Channel channel) throws Exception {
        Method none = Method.parse("none");
        try (Job job = new Job(channel, 2, none, none, options -> options)) {
            IntStream.range(0, 2).forEach(index -> job.join(index, 4));
            float[] huge = {1, 3e38f, 3e38f, 3e38f};
            Future<Job.Exchanged> other = job.submit(() -> Job.exchange(job.workers.get(1), huge, 1));
            String message = assertThrows(TransportException.class,
                    () -> Job.exchange(job.workers.get(0), huge, 1))
                .getMessage();
            assertTrue(message.startsWith("round 0 failed: 0 of 2 workers contributed"), message);
            assertTrue(message.contains("worker 0 sent coordinates beyond the range"), message);
            assertTrue(message.contains("worker 1 sent coordinates beyond the range"), message);
            assertThrows(ExecutionException.class, other::get);
            assertThrows(TransportException.class, job.aggregator::awaitEnd);
        }
    }

    @Test
    void shouldCutOffWhoDoesNotReadAndNeverWaitForIt() throws Exception {
        int dimension = 2_000_000;
        float[] large = Job.gaussian(dimension, 4);
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, DOWN,
                options -> options.deadline(Duration.ofMillis(500)).quorum(1));
                RawMember deaf = new RawMember(job, 0)) {
            deaf.join(Protocol.VERSION, dimension, FrameLayout.LARGEST_MTU, 1, METHOD.toString());
            Worker worker = job.join(0, dimension);
            int round = 0;
            while (job.rounds.stream().mapToLong(RoundStatistics::cutOff).sum() == 0) {
                assertEquals(round++, Job.exchange(worker, large, 1).result().round());
                assertTrue(round < 20, "never cut off");
            }
            Job.Exchanged alone = Job.exchange(worker, large, 1);
            assertEquals(1, alone.result().members());
        }
    }
}
