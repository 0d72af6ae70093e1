package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that more workers join than those with which they started, and that most of them leave. */
@Timeout(120)
class OpenMembershipTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5_003;
    private static final int MTU = 1408;
    private static final int STARTERS = 2;
    private static final int LEFT = 3;
    /** Far beyond the test's limit: a member that waits for it fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** A member, its last round, and the future of its end. */
    private record Running(ModelMember member, LastRound last, Future<Void> ended) {
        /** Returns whether its latest round is at least {@code first} and had this number of contributors. */
        boolean hasRoundOf(int contributors, long first) {
            return !member.results.isEmpty() && member.results.getLast().contributors() == contributors
                    && member.results.getLast().round() >= first;
        }

        void leave() throws Exception {
            last.isBegun();
            ended.get(30, TimeUnit.SECONDS);
        }
    }

    /** Joins concurrently, each member with its own last round. */
    private List<Running> join(JobAddress address, int count) throws Exception {
        return Job.all(threads,
                IntStream.range(0, count).<Callable<Running>>mapToObj(_ -> () -> join(address)).toList());
    }

    private Running join(JobAddress address) {
        Worker worker = Worker.builder(address, DIMENSION, METHOD).mtu(MTU).join();
        ModelMember member = new ModelMember(worker);
        LastRound last = new LastRound();
        return new Running(member, last, threads.submit(() -> {
            try (worker) {
                return member.run(last);
            }
        }));
    }

    /** Waits until all have had a round, {@code first} or later, to which all of them contributed. */
    private static void awaitRoundOf(List<Running> running, long first) throws Exception {
        Job.await("a round of " + running.size(),
                () -> running.stream().allMatch(one -> one.hasRoundOf(running.size(), first))
                        || running.stream().anyMatch(one -> one.ended.isDone()));
        for (Running one : running) {
            if (one.ended.isDone()) {
                one.ended.get();
                throw new AssertionError("worker " + one.member.worker.index() + " has left");
            }
        }
    }

    private static void assertEqualModels(List<Running> all) {
        Map<Long, Integer> hashes = new HashMap<>();
        all.forEach(one -> one.member.hashes.forEach(
                (round, hash) -> assertEquals(hashes.computeIfAbsent(round, _ -> hash), hash,
                        "all models are equal before round " + round)));
    }

    private static ShardedJob job(Job.Channel channel, int shards, int capacity) {
        return new ShardedJob(channel, shards, STARTERS, capacity, METHOD,
                options -> options.mtu(MTU).deadline(DEADLINE).jobSeed(1));
    }

    @ParameterizedTest
    @CsvSource({"IPC, 1", "UDP, 1", "IPC, 3", "UDP, 2"})
    @Tag("thorough")
    void shouldGrowFromTwoToSixteenAndShrinkToThreeWithRightMeans(Job.Channel channel, int shards) throws Exception {
        growAndShrink(channel, shards, 16);
    }

    @Test
    void shouldLetOthersJoinAndLeave() throws Exception {
        growAndShrink(Job.Channel.IPC, 2, 5);
    }

    private void growAndShrink(Job.Channel channel, int shards, int most) throws Exception {
        List<Running> all = new ArrayList<>();
        try (ShardedJob job = job(channel, shards, most)) {
            all.addAll(join(job.address, STARTERS));
            awaitRoundOf(all, 0);
            while (all.size() < most) {
                all.add(join(job.address));
                assertEquals(most, all.getLast().member.worker.workers());
            }
            awaitRoundOf(all, 0);
            JoinRejectedException refused = assertThrows(JoinRejectedException.class,
                    () -> Worker.builder(job.address, DIMENSION, METHOD).mtu(MTU).join());
            assertEquals(RejectCode.JOB_STARTED, refused.code());
            List<Running> staying = new ArrayList<>(all);
            while (staying.size() > LEFT) {
                staying.removeFirst().leave();
            }
            awaitRoundOf(staying, 0);
            for (Running one : staying) {
                one.leave();
            }
            for (Aggregator aggregator : job.aggregators) {
                assertTrue(aggregator.await(Duration.ofSeconds(20)), "the job ends with its last member");
            }
        }
        assertEqualModels(all);
    }

    /** Shards then start with different members; all continue from the model of worker 0 nevertheless. */
    @Test
    @Tag("thorough")
    void shouldBeginWithOneModelWhereMoreJoinAtOnceThanItBeginsWith() throws Exception {
        List<Running> all = new ArrayList<>();
        try (ShardedJob job = job(Job.Channel.IPC, 3, 8)) {
            all.addAll(join(job.address, 8));
            awaitRoundOf(all, 0);
            for (Running one : all) {
                one.leave();
            }
        }
        assertEqualModels(all);
    }

    /**
     * Both aggregators of a job are killed. New workers join at once, before the members have noticed, and as many as a
     * job starts with: it does not start from the beginning.
     */
    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void shouldGoOnWithAllItsMembersWhereAggregatorsAreStartedAgain(Job.Channel channel) throws Exception {
        int shards = 2;
        int capacity = 8;
        List<ChildProcess> aggregators = new ArrayList<>();
        List<Running> all = new ArrayList<>();
        try (MediaDriverHost driver = MediaDriverHost.launch((capacity + 2) * shards)) {
            List<JobAddress.Single> addresses = new ArrayList<>();
            for (int shard = 0; shard < shards; shard++) {
                aggregators.add(aggregator(channel == Job.Channel.IPC ? JobAddress.ipc(driver.directory(), 5 + shard)
                        : JobAddress.udp("127.0.0.1", 0), new Shard(shard, shards), capacity));
                addresses.addAll(AggregatorProcess.listening(aggregators.getLast()).shards());
            }
            JobAddress address = JobAddress.of(addresses);
            all.addAll(join(address, 5));
            awaitRoundOf(all, 0);
            for (ChildProcess aggregator : aggregators) {
                aggregator.kill();
            }
            long before = all.stream().mapToLong(one -> one.member.worker.round()).max().orElseThrow();
            for (int shard = 0; shard < shards; shard++) {
                aggregators.set(shard, aggregator(addresses.get(shard), new Shard(shard, shards), capacity));
                AggregatorProcess.listening(aggregators.get(shard));
            }
            all.addAll(join(address, STARTERS));
            awaitRoundOf(all, before);
            for (Running one : all) {
                one.leave();
            }
            for (ChildProcess aggregator : aggregators) {
                assertEquals(0, aggregator.exitCode());
            }
        } finally {
            aggregators.forEach(ChildProcess::close);
        }
        assertEqualModels(all);
    }

    private static ChildProcess aggregator(JobAddress address, Shard shard, int capacity) throws Exception {
        return new ChildProcess(ChildProcess.BRIEF, AggregatorProcess.class, address, STARTERS, METHOD,
                DEADLINE.toMillis(), MTU, shard, capacity);
    }

    @Test
    void shouldNotHaveRoomForFewerThanItStartsWith() {
        AggregatorBuilder builder = Aggregator.builder(JobAddress.udp("127.0.0.1", 0), 4,
                METHOD);
        assertEquals("capacity of a job that starts with 4 workers must be in 4..2048, got 3",
                assertThrows(IllegalArgumentException.class, () -> builder.capacity(3)).getMessage());
    }
}
