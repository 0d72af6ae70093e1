package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.agrona.IoUtil;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members in their own processes, killed and stopped. */
@Timeout(120)
class ProcessTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int DIMENSION = 60_000;

    private final Reference reference = new Reference(METHOD, DOWN, DIMENSION, 65504, Job.SEED);

    private float[] mean(long round, int... workers) {
        return reference.mean(round,
                IntStream.of(workers)
                    .mapToObj(
                            worker -> new Reference.Contribution(worker, WorkerProcess.update(DIMENSION, worker, round),
                                    1))
                    .toList());
    }

    private static Job job(Job.Channel channel, Duration deadline) {
        return new Job(channel, 3, METHOD, DOWN, options -> options.deadline(deadline));
    }

    private static ChildProcess child(Job job, int index, int rounds) throws Exception {
        return new ChildProcess(WorkerProcess.class, job.aggregator.address(), index, DIMENSION, METHOD, rounds);
    }

    private static List<Job.Exchanged> exchange(Job job, long round) throws Exception {
        List<float[]> updates = job.workers.stream()
            .map(worker -> WorkerProcess.update(DIMENSION, worker.index(), round))
            .toList();
        return job.exchange(job.workers, updates, new float[]{1, 1, 1});
    }

    @Test
    void shouldEqualOneProcessAcrossProcesses() throws Exception {
        assertEqualsOneProcess(Job.Channel.UDP);
    }

    @Tag("thorough")
    @Test
    void shouldEqualOneProcessAcrossProcessesOverIpc() throws Exception {
        assertEqualsOneProcess(Job.Channel.IPC);
    }

    private void assertEqualsOneProcess(Job.Channel channel) throws Exception {
        try (Job job = job(channel, Duration.ofSeconds(20));
                ChildProcess first = child(job, 0, 2);
                ChildProcess second = child(job, 2, 2)) {
            job.join(1, DIMENSION);
            assertEquals("joined", first.line());
            assertEquals("joined", second.line());
            for (int round = 0; round < 2; round++) {
                float[] mean = mean(round, 0, 1, 2);
                assertArrayEquals(mean, exchange(job, round).getFirst().mean());
                String line = "round " + round + " 3 " + Arrays.hashCode(mean);
                assertEquals(line, first.line());
                assertEquals(line, second.line());
            }
            assertEquals(0, first.exitCode());
            assertEquals(0, second.exitCode());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void shouldGoOnWithoutAKilledWorker(Job.Channel channel) throws Exception {
        try (Job job = job(channel, Duration.ofSeconds(20)); ChildProcess victim = child(job, 1, 1)) {
            job.join(0, DIMENSION);
            job.join(2, DIMENSION);
            assertEquals("joined", victim.line());
            List<Job.Exchanged> together = exchange(job, 0);
            assertEquals("round 0 3 " + Arrays.hashCode(together.getFirst().mean()), victim.line());
            victim.kill();
            for (Job.Exchanged exchanged : exchange(job, 1)) {
                assertArrayEquals(mean(1, 0, 2), exchanged.mean());
            }
            long startNs = System.nanoTime();
            for (Job.Exchanged exchanged : exchange(job, 2)) {
                assertArrayEquals(mean(2, 0, 2), exchanged.mean());
                assertEquals(2, exchanged.result().members());
            }
            assertTrue(System.nanoTime() - startNs < 2_000_000_000L, "no member waits for the killed one");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void shouldNameAStoppedWorkerAtTheDeadlineAndGoOn(Job.Channel channel) throws Exception {
        try (Job job = job(channel, Duration.ofSeconds(1)); ChildProcess stopped = child(job, 1, 13)) {
            assertEquals("joined", stopped.line());
            stopped.signal("STOP");
            job.join(0, DIMENSION);
            job.join(2, DIMENSION);
            for (Job.Exchanged exchanged : exchange(job, 0)) {
                assertEquals(List.of(1), exchanged.result().missing());
            }
            Job.await("a report", () -> !job.rounds.isEmpty());
            assertEquals(List.of(1), job.rounds.getFirst().missing());
            for (int round = 1; round < 12; round++) {
                exchange(job, round);
            }
            long startNs = System.nanoTime();
            exchange(job, 12);
            assertTrue(System.nanoTime() - startNs < 800_000_000L, "no member waits for the silent one");
            stopped.signal("CONT");
            String line = stopped.line();
            while (!line.startsWith("round 12 ") && !line.startsWith("round 13 ")) {
                assertTrue(line.startsWith("round ") || line.startsWith("resynchronised "), line);
                line = stopped.line();
            }
            assertEquals(0, stopped.exitCode());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void shouldEndExchangesWhenTheAggregatorIsKilledAndDoesNotComeBack(Job.Channel channel) throws Exception {
        MediaDriverHost driver = channel == Job.Channel.IPC ? MediaDriverHost.launch(4) : null;
        JobAddress wanted = driver == null ? JobAddress.udp("127.0.0.1", 0) : JobAddress.ipc(driver.directory(), 3);
        try (ChildProcess aggregator = new ChildProcess(AggregatorProcess.class, wanted, 1, METHOD, 5000)) {
            JobAddress address = JobAddress.parse(aggregator.line().substring("listening ".length()));
            try (Worker worker = Worker.builder(address, DIMENSION, METHOD)
                .reconnectTimeout(Duration.ofSeconds(3))
                .join(); var threads = java.util.concurrent.Executors.newCachedThreadPool()) {
                float[] update = WorkerProcess.update(DIMENSION, 0, 0);
                Job.exchange(worker, update, 1);
                aggregator.kill();
                Future<Job.Exchanged> waiting = threads.submit(() -> Job.exchange(worker, update, 1));
                Throwable cause = assertThrows(ExecutionException.class, waiting::get).getCause();
                String message = assertInstanceOf(TransportException.class, cause).getMessage();
                System.out.println(message);
                assertTrue(
                        message.startsWith("no aggregator was found again within 3000 ms; it was lost before round 1:"),
                        message);
                assertThrows(TransportException.class, () -> Job.exchange(worker, update, 1));
            }
        } finally {
            if (driver != null) {
                driver.close();
            }
        }
    }

    /** A killed driver looks alive for seconds: a member that starts in this time finds it first, and then its successor. */
    @Test
    @Tag("thorough")
    void shouldBeginWhereAMediaDriverHasJustDied() throws Exception {
        Path directory = MediaDriverHost.parent()
            .resolve("eden4j-test-" + ProcessHandle.current().pid() + '-' + System.nanoTime());
        JobAddress address = JobAddress.ipc(directory, 3);
        try (ChildProcess first = new ChildProcess(ChildProcess.BRIEF, DriverProcess.class, 2, directory)) {
            assertEquals("driving " + directory, first.line());
            first.kill();
        }
        try (var threads = java.util.concurrent.Executors.newCachedThreadPool();
                ChildProcess second = new ChildProcess(ChildProcess.BRIEF, DriverProcess.class, 2, directory)) {
            Future<Aggregator> aggregator = threads.submit(() -> Aggregator.builder(address, 1, METHOD).start());
            Future<Worker> worker = threads.submit(() -> Worker.builder(address, DIMENSION, METHOD).join());
            try (Aggregator listening = aggregator.get(); Worker joined = worker.get()) {
                assertEquals("driving " + directory, second.line());
                assertEquals(address, listening.address());
                Job.exchange(joined, WorkerProcess.update(DIMENSION, 0, 0), 1);
            }
            second.kill();
        } finally {
            IoUtil.delete(directory.toFile(), true);
        }
    }
}
