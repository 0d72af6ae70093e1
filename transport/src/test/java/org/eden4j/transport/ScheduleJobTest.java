package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs whose methods change from round to round. */
@Timeout(120)
class ScheduleJobTest {
    private static final Method UP = Method.parse("none;eden:bits=4@2;eden:bits=1@4");
    private static final Method DOWN = Method.parse("none;eden:bits=8@2;eden:bits=2,coding=entropy@5");
    private static final int ROUNDS = 7;
    private static final int WORKERS = 3;
    private static final int DIMENSION = 70_007;
    /** Far beyond the test's limit: a member that waits for it fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private static Reference reference(UpdateLayout layout, int mtu, long round) {
        return new Reference(layout.at(round), layout.downlink(UP, DOWN).at(round), mtu, Job.SEED);
    }

    private static Job job(Job.Channel channel, int mtu) {
        return new Job(channel, WORKERS, UP, DOWN, options -> options.deadline(DEADLINE).quorum(1).mtu(mtu));
    }

    private static float[] update(UpdateLayout layout, long round, int worker) {
        float[] update = Job.gaussian(layout.dimension(), 1000 * round + worker);
        layout.parts()
            .stream()
            .filter(part -> part.method().isEmpty())
            .forEach(part -> Arrays.fill(update, part.first(), part.end(), Float.NaN));
        return update;
    }

    /** Returns the mean of all workers' updates; absent coordinates are NaN, as in the vector to which it is written. */
    private static float[] mean(UpdateLayout layout, int mtu, long round) {
        List<Reference.Contribution> contributions = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            contributions.add(new Reference.Contribution(worker, update(layout, round, worker), 1));
        }
        float[] mean = reference(layout, mtu, round).mean(round, contributions);
        layout.parts()
            .stream()
            .filter(part -> part.method().isEmpty())
            .forEach(part -> Arrays.fill(mean, part.first(), part.end(), Float.NaN));
        return mean;
    }

    @ParameterizedTest
    @CsvSource({"IPC, 65504, false", "IPC, 1408, true", "UDP, 65504, true", "UDP, 1408, false"})
    void shouldGiveTheMeanOfEachRoundsMethods(Job.Channel channel, int mtu, boolean parts) throws Exception {
        UpdateLayout layout = parts ? UpdateLayout.parse("""
                300 absent embedding
                20000 %1$s 0_W
                50 none 0_b
                700 absent frozen
                5000 float16 1_W
                7000 %1$s 2_W
                """.formatted(UP)) : UpdateLayout.whole(DIMENSION, UP);
        try (Job job = job(channel, mtu)) {
            for (int worker = 0; worker < WORKERS; worker++) {
                job.join(worker, 1, options -> options.layout(layout).mtu(mtu));
            }
            for (int round = 0; round < ROUNDS; round++) {
                int number = round;
                List<float[]> updates = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    updates.add(update(layout, number, worker));
                }
                float[] expected = mean(layout, mtu, round);
                for (Job.Exchanged exchanged : job.exchange(job.workers, updates, new float[]{1, 1, 1})) {
                    assertArrayEquals(expected, exchanged.mean(), "round " + round);
                    assertTrue(exchanged.result().contributed());
                    assertEquals(FrameLayout.of(layout.at(round), mtu).totalBytes(), exchanged.result().bytesUp());
                }
            }
            Job.await("reports", () -> job.rounds.size() == ROUNDS);
            for (RoundStatistics statistics : job.rounds) {
                FrameLayout frames = FrameLayout.of(layout.at(statistics.round()), mtu);
                assertEquals(WORKERS * frames.totalBytes(), statistics.bytesUp());
                assertEquals(8.0 * frames.totalBytes() / frames.coordinates(), statistics.wireBitsUp(), 1e-9);
            }
        }
    }

    /** One member is replaced before every round except the first: in each phase, and at the end of one. */
    @ParameterizedTest
    @CsvSource({"IPC, 65504", "UDP, 1408"})
    void shouldKeepModelsEqualWhereMembersJoinInEachPhase(Job.Channel channel, int mtu) throws Exception {
        UpdateLayout layout = UpdateLayout.whole(DIMENSION, UP);
        try (Job job = job(channel, mtu)) {
            List<float[]> models = new ArrayList<>();
            List<Callable<Void>> sharing = new ArrayList<>();
            for (int index = 0; index < WORKERS; index++) {
                Worker worker = job.join(index, DIMENSION, options -> options.mtu(mtu));
                float[] model = Job.gaussian(DIMENSION, -1 - index);
                models.add(model);
                sharing.add(() -> {
                    worker.shareModel(MemorySegment.ofArray(model));
                    return null;
                });
            }
            job.all(sharing);
            float[] expected = models.getFirst().clone();
            for (int round = 0; round < ROUNDS; round++) {
                int place = round % WORKERS;
                if (round > 0) {
                    job.workers.get(place).close();
                    Worker joiner = job.join(place, DIMENSION, options -> options.mtu(mtu));
                    job.workers.set(place, job.workers.removeLast());
                    float[] model = Job.gaussian(DIMENSION, 77);
                    joiner.shareModel(MemorySegment.ofArray(model));
                    models.set(place, model);
                    assertArrayEquals(expected, model, "of who joins before round " + round);
                }
                List<float[]> updates = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    updates.add(update(layout, round, worker));
                }
                float[] mean = mean(layout, mtu, round);
                for (int i = 0; i < DIMENSION; i++) {
                    expected[i] += mean[i];
                }
                for (Job.Exchanged exchanged : job.exchange(job.workers, updates, new float[]{1, 1, 1})) {
                    RoundResult result = exchanged.result();
                    assertEquals(round, result.round());
                    assertEquals(List.of(0, 1, 2), result.counted());
                    assertArrayEquals(mean, exchanged.mean(), "round " + round);
                }
                for (float[] model : models) {
                    assertArrayEquals(expected, model, "after round " + round);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2", "4"})
    void shouldCutShardsThatAreTheSameInAllPhases(int shards) throws Exception {
        UpdateLayout layout = UpdateLayout.whole(DIMENSION, UP);
        try (ShardedJob job = new ShardedJob(Job.Channel.IPC, shards, WORKERS, UP,
                options -> options.downlink(DOWN).deadline(DEADLINE))) {
            for (int index = 0; index < WORKERS; index++) {
                job.join(index, DIMENSION);
            }
            for (int round = 0; round < ROUNDS; round++) {
                int number = round;
                List<float[]> updates = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    updates.add(update(layout, number, worker));
                }
                float[] expected = mean(layout, job.workers.getFirst().mtu(), round);
                for (Job.Exchanged exchanged : job.exchange(updates)) {
                    assertArrayEquals(expected, exchanged.mean(), "round " + round);
                }
            }
        }
    }

    @Test
    void shouldRefuseAnotherSchedule() {
        try (Job job = job(Job.Channel.IPC, 65504)) {
            job.join(0, DIMENSION);
            JoinRejectedException refused = assertThrows(JoinRejectedException.class,
                    () -> Worker.builder(job.aggregator.address(), DIMENSION, Method.parse("none;eden:bits=4@3"))
                        .join());
            assertEquals(RejectCode.METHOD, refused.code());
            assertEquals("aggregator rejected this worker: method none;eden:bits=4@3 differs from the job's " + UP,
                    refused.getMessage());
        }
    }
}
