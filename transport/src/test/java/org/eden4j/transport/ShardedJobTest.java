package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.job.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs of several aggregators, each with a part of the vector. */
@Timeout(60)
class ShardedJobTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int DIMENSION = 70_007;
    /** Far beyond the test's limit: a member that waits for it fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private static ShardedJob job(Job.Channel channel, int shards, int workers) {
        return new ShardedJob(channel, shards, workers, METHOD, options -> options.downlink(DOWN).deadline(DEADLINE));
    }

    private static float[] update(int worker, long round) {
        return Job.gaussian(DIMENSION, 1000 * round + worker);
    }

    private static List<float[]> updates(int workers, long round) {
        return IntStream.range(0, workers).mapToObj(worker -> update(worker, round)).toList();
    }

    private static float[] mean(int mtu, long round, int... workers) {
        return new Reference(METHOD, DOWN, DIMENSION, mtu, Job.SEED).mean(round, IntStream.of(workers)
            .mapToObj(worker -> new Reference.Contribution(worker, update(worker, round), 1))
            .toList());
    }

    private static void add(float[] mean, float[] model) {
        for (int i = 0; i < model.length; i++) {
            model[i] += mean[i];
        }
    }

    @ParameterizedTest
    @CsvSource({"IPC, 2", "IPC, 3", "IPC, 5", "UDP, 2", "UDP, 4"})
    void shouldGiveTheMeanOfOneAggregatorForAnyNumberOfShards(Job.Channel channel, int shards) throws Exception {
        try (ShardedJob job = job(channel, shards, 3)) {
            for (int index = 0; index < 3; index++) {
                assertEquals(shards, job.join(index, DIMENSION).shards());
            }
            for (int round = 0; round < 3; round++) {
                float[] mean = mean(job.workers.getFirst().mtu(), round, 0, 1, 2);
                for (Job.Exchanged exchanged : job.exchange(updates(3, round))) {
                    assertArrayEquals(mean, exchanged.mean());
                    RoundResult result = exchanged.result();
                    assertEquals(round, result.round());
                    assertEquals(List.of(0, 1, 2), result.counted());
                    assertTrue(result.contributed());
                    assertEquals(List.of(), result.missing());
                    assertTrue(result.partial().isEmpty());
                    assertEquals(shards, result.shards().size());
                    assertEquals(result.bytesUp(), result.shards().stream().mapToLong(RoundResult::bytesUp).sum());
                }
            }
            job.rounds.forEach(statistics -> Job.await("a report of each round", () -> statistics.size() == 3));
        }
    }

    /** At this MTU the starts of blocks of updates and of means coincide only every 33 and 32 blocks. */
    @Test
    void shouldCutWhereBlocksOfBothDirectionsBegin() throws Exception {
        int dimension = 168_960 * 2 + 77;
        Method none = Method.parse("none");
        try (ShardedJob job = new ShardedJob(Job.Channel.UDP, 2, 2, none,
                options -> options.downlink(DOWN).mtu(1408).deadline(DEADLINE))) {
            List<float[]> updates = new ArrayList<>();
            for (int index = 0; index < 2; index++) {
                job.join(index, dimension, options -> options.mtu(1408));
                updates.add(Job.gaussian(dimension, index));
            }
            float[] mean = new Reference(none, DOWN, dimension, 1408, Job.SEED).mean(0,
                    List.of(new Reference.Contribution(0, updates.get(0), 1),
                            new Reference.Contribution(1, updates.get(1), 1)));
            for (Job.Exchanged exchanged : job.exchange(updates)) {
                assertArrayEquals(mean, exchanged.mean());
            }
        }
    }

    @Test
    void shouldCutPartsWithMethodsOfTheirOwnAndLeaveAbsentOnesAlone() throws Exception {
        UpdateLayout layout = UpdateLayout.parse("""
                9000 absent frozen
                20000 eden:bits=4 0_W
                100 none 0_b
                5000 absent 1_W
                30000 eden:bits=4 2_W
                77 none 2_b
                3 absent end
                """);
        Reference reference = new Reference(layout, layout.downlink(METHOD, DOWN), 65504, Job.SEED);
        int dimension = layout.dimension();
        try (ShardedJob job = job(Job.Channel.IPC, 3, 2)) {
            List<float[]> updates = new ArrayList<>();
            List<Callable<Job.Exchanged>> tasks = new ArrayList<>();
            for (int index = 0; index < 2; index++) {
                Worker worker = job.join(index, dimension, options -> options.layout(layout));
                float[] update = Job.gaussian(dimension, index);
                updates.add(update);
                tasks.add(() -> {
                    float[] mean = new float[dimension];
                    return new Job.Exchanged(
                            worker.exchange(MemorySegment.ofArray(update), 1, MemorySegment.ofArray(mean)), mean);
                });
            }
            float[] mean = reference.mean(0, List.of(new Reference.Contribution(0, updates.get(0), 1),
                    new Reference.Contribution(1, updates.get(1), 1)));
            for (Job.Exchanged exchanged : job.all(tasks)) {
                assertArrayEquals(mean, exchanged.mean());
            }
        }
    }

    @Test
    void shouldTakeTheUpdateItselfForTheMeanButNoPartOfIt() throws Exception {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 1)) {
            Worker worker = job.join(0, DIMENSION);
            float[] both = Arrays.copyOf(update(0, 0), DIMENSION + 1);
            MemorySegment memory = MemorySegment.ofArray(both);
            long bytes = (long) Float.BYTES * DIMENSION;
            assertThrows(IllegalArgumentException.class,
                    () -> worker.exchange(memory.asSlice(0, bytes), 1, memory.asSlice(Float.BYTES, bytes)));
            worker.exchange(memory.asSlice(0, bytes), 1, memory.asSlice(0, bytes));
            assertArrayEquals(mean(65504, 0, 0), Arrays.copyOf(both, DIMENSION));
        }
    }

    @Test
    void shouldFeedBackWhatTopKLeavesAsOneAggregatorDoes() throws Exception {
        Method topk = Method.parse("topk:fraction=0.05");
        List<List<float[]>> means = new ArrayList<>();
        for (int shards : new int[]{1, 3}) {
            List<float[]> ofShards = new ArrayList<>();
            means.add(ofShards);
            try (ShardedJob job = new ShardedJob(Job.Channel.IPC, shards, 2, topk,
                    options -> options.downlink(DOWN).deadline(DEADLINE))) {
                job.join(0, DIMENSION, WorkerBuilder::errorFeedback);
                job.join(1, DIMENSION, WorkerBuilder::errorFeedback);
                for (int round = 0; round < 4; round++) {
                    ofShards.add(job.exchange(updates(2, round)).getFirst().mean());
                }
            }
        }
        for (int round = 0; round < 4; round++) {
            assertArrayEquals(means.get(0).get(round), means.get(1).get(round), "round " + round);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepModelsEqualAndGiveThemToOneThatJoinsLate(Job.Channel channel) throws Exception {
        try (ShardedJob job = new ShardedJob(channel, 3, 3, METHOD,
                options -> options.downlink(DOWN).deadline(DEADLINE).quorum(2).compareEvery(1))) {
            List<float[]> models = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                job.join(index, DIMENSION);
                models.add(Job.gaussian(DIMENSION, 77 + index));
            }
            float[] expected = models.getFirst().clone();
            job.share(models);
            int mtu = job.workers.getFirst().mtu();
            for (int round = 0; round < 2; round++) {
                job.exchange(updates(3, round));
                add(mean(mtu, round, 0, 1, 2), expected);
            }
            job.close(job.workers.get(2));
            job.exchange(updates(2, 2));
            add(mean(mtu, 2, 0, 1), expected);
            models.forEach(model -> assertEquals(model == models.get(2), !Arrays.equals(expected, model)));
            float[] late = new float[DIMENSION];
            Worker joiner = job.join(2, DIMENSION);
            joiner.shareModel(MemorySegment.ofArray(late));
            assertArrayEquals(expected, late);
            assertEquals(3, joiner.round());
            models.set(2, late);
            job.exchange(updates(3, 3)).forEach(exchanged -> assertEquals(3, exchanged.result().contributors()));
            add(mean(mtu, 3, 0, 1, 2), expected);
            models.forEach(model -> assertArrayEquals(expected, model));
        }
    }

    /** Counts its steps; checks, when restored, that the whole model is in place. */
    private static final class Counter implements Replica {
        private final float[] model;
        private final float[] whole;
        private long steps;

        Counter(float[] model, float[] whole, long steps) {
            this.model = model;
            this.whole = whole;
            this.steps = steps;
        }

        @Override
        public long stateBytes() {
            return Long.BYTES;
        }

        @Override
        public void save(MemorySegment target) {
            target.set(ValueLayout.JAVA_LONG, 0, steps);
        }

        @Override
        public void restore(MemorySegment saved) {
            steps = saved.get(ValueLayout.JAVA_LONG, 0);
            if (whole != null) {
                assertArrayEquals(whole, model);
            }
        }
    }

    @Test
    void shouldRestoreARemainderOnceTheModelIsThereInAllShards() throws Exception {
        try (ShardedJob job = job(Job.Channel.IPC, 3, 2)) {
            float[] first = Job.gaussian(DIMENSION, 1);
            float[] second = Job.gaussian(DIMENSION, 2);
            Counter supplier = new Counter(first, null, 41);
            Counter taker = new Counter(second, first.clone(), 0);
            Worker one = job.join(0, DIMENSION);
            Worker other = job.join(1, DIMENSION);
            Future<?> sharing = job.submit(() -> {
                one.shareModel(MemorySegment.ofArray(first), supplier);
                return null;
            });
            other.shareModel(MemorySegment.ofArray(second), taker);
            sharing.get();
            assertEquals(41, taker.steps);
            job.exchange(updates(2, 0));
            assertArrayEquals(first, second);
        }
    }

    @Test
    void shouldLeaveWhereARemainderCannotBeRestored() throws Exception {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 2)) {
            float[] first = Job.gaussian(DIMENSION, 1);
            Worker one = job.join(0, DIMENSION);
            Worker other = job.join(1, DIMENSION);
            Future<?> sharing = job.submit(() -> {
                one.shareModel(MemorySegment.ofArray(first), new Counter(first, null, 41));
                return null;
            });
            float[] second = Job.gaussian(DIMENSION, 2);
            TransportException failure = assertThrows(TransportException.class,
                    () -> other.shareModel(MemorySegment.ofArray(second), new Counter(second, new float[]{1}, 0)));
            assertTrue(failure.getMessage().startsWith("the job's state could not be restored here: "),
                    failure.getMessage());
            sharing.get();
            job.close(other);
            assertEquals(1, Job.exchange(one, update(0, 0), 1).result().contributors());
        }
    }

    @Test
    void shouldShareNoStateWithoutAModel() {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 1)) {
            Worker worker = job.join(0, DIMENSION);
            assertThrows(IllegalStateException.class,
                    () -> worker.shareState(new Counter(new float[0], null, 0)));
            assertEquals(1, Job.exchange(worker, update(0, 0), 1).result().contributors());
        }
    }

    @Test
    void shouldNameTheCoordinateOfTheWholeUpdateThatIsNotFinite() throws Exception {
        try (ShardedJob job = job(Job.Channel.IPC, 3, 2)) {
            Worker worker = job.join(0, DIMENSION);
            Worker other = job.join(1, DIMENSION);
            float[] update = update(0, 0);
            update[DIMENSION - 5] = Float.NaN;
            assertEquals(DIMENSION - 5, assertThrows(NonFiniteGradientException.class,
                    () -> Job.exchange(worker, update, 1))
                .index());
            assertThrows(TransportException.class, () -> Job.exchange(worker, update, 1));
            Job.Exchanged alone = Job.exchange(other, update(1, 0), 1);
            assertEquals(List.of(1), alone.result().counted());
        }
    }

    @Test
    void shouldEndForAllShardsWhereOneIsClosed() throws Exception {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 2)) {
            Worker whole = job.join(0, DIMENSION);
            job.join(1, DIMENSION);
            job.exchange(updates(2, 0));
            job.aggregators.get(1).close();
            TransportException failure = assertThrows(TransportException.class,
                    () -> Job.exchange(whole, update(0, 1), 1));
            assertEquals("the aggregator was closed", failure.getMessage());
            assertThrows(TransportException.class, () -> Job.exchange(whole, update(0, 1), 1));
        }
    }

    @Test
    void shouldPauseInAllShards() throws Exception {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 3)) {
            for (int index = 0; index < 3; index++) {
                job.join(index, DIMENSION);
            }
            job.exchange(updates(3, 0));
            job.workers.get(2).pause();
            List<Worker> others = job.workers.subList(0, 2);
            List<Callable<Job.Exchanged>> tasks = new ArrayList<>();
            for (int index = 0; index < 2; index++) {
                Worker worker = others.get(index);
                float[] update = update(index, 1);
                tasks.add(() -> Job.exchange(worker, update, 1));
            }
            float[] mean = mean(65504, 1, 0, 1);
            for (Job.Exchanged exchanged : job.all(tasks)) {
                assertArrayEquals(mean, exchanged.mean());
                assertEquals(2, exchanged.result().members());
            }
        }
    }

    @Test
    void shouldRefuseWhoAsksTheWrongShard() {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 1)) {
            Path directory = job.driver.directory();
            JoinRejectedException whole = assertThrows(JoinRejectedException.class,
                    () -> Worker.builder(JobAddress.ipc(directory, ShardedJob.JOB), DIMENSION, METHOD).join());
            assertEquals(RejectCode.SHARD, whole.code());
            assertEquals("aggregator rejected this worker: shard 0 of 1 is not here, this is 0 of 2",
                    whole.getMessage());
            assertEquals(RejectCode.SHARD, assertThrows(JoinRejectedException.class,
                    () -> Worker.builder(JobAddress.ipc(directory, ShardedJob.JOB + 1, 2), DIMENSION, METHOD)
                        .join())
                .code());
        }
    }

    @Test
    void shouldRefuseAVectorThatCannotBeCut() {
        try (ShardedJob job = job(Job.Channel.IPC, 2, 1)) {
            JoinRejectedException refused = assertThrows(JoinRejectedException.class, () -> job.join(0, 200));
            assertEquals(RejectCode.LAYOUT, refused.code());
            assertTrue(refused.getMessage().contains("take fewer shards"), refused.getMessage());
        }
    }

    /** As when a process was lost: its place is free in shard 0 before it is in others. */
    @Test
    void shouldWaitForThePlaceThatAnotherStillHasInAShard() throws Exception {
        try (ShardedJob job = job(Job.Channel.UDP, 2, 2);
                Aggregator other = Aggregator.builder(JobAddress.udp("127.0.0.1", 0), 2, METHOD)
                    .downlink(DOWN)
                    .jobSeed(Job.SEED)
                    .shard(new Shard(0, 2))
                    .start()) {
            job.join(1, DIMENSION);
            JobAddress elsewhere = JobAddress.of(List.of(other.address(), job.aggregators.get(1).address()));
            Worker holder = Worker.builder(elsewhere, DIMENSION, METHOD).index(0).join();
            long beginNs = System.nanoTime();
            JoinRejectedException taken = assertThrows(JoinRejectedException.class,
                    () -> job.join(0, DIMENSION, options -> options.joinTimeout(Duration.ofSeconds(2))));
            assertEquals(RejectCode.INDEX_TAKEN, taken.code());
            assertTrue(System.nanoTime() - beginNs >= 2_000_000_000L, "asked again until the place was free");
            Future<Worker> waiting = job.submit(() -> job.join(0, DIMENSION));
            holder.close();
            assertEquals(0, waiting.get().index());
        }
    }

    @Test
    void shouldRefuseShardsOfDifferentJobs() {
        try (ShardedJob job = job(Job.Channel.UDP, 2, 1);
                Aggregator other = Aggregator.builder(JobAddress.udp("127.0.0.1", 0), 1, METHOD)
                    .downlink(DOWN)
                    .jobSeed(Job.SEED + 1)
                    .shard(new Shard(1, 2))
                    .start()) {
            JobAddress mixed = JobAddress.of(List.of(job.aggregators.getFirst().address(), other.address()));
            TransportException refused = assertThrows(TransportException.class,
                    () -> Worker.builder(mixed, DIMENSION, METHOD).join());
            assertTrue(refused.getMessage().contains("shard 1/2 belongs to another job: seed "), refused.getMessage());
        }
    }
}
