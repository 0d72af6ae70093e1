package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Aggregators of shards and workers in their own processes, killed and started again. */
@Timeout(120)
class ShardFailureTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 40_007;
    private static final long DEADLINE_MS = 60_000;

    private static ChildProcess aggregator(JobAddress address, int shard, int shards, int mtu) throws Exception {
        return new ChildProcess(ChildProcess.BRIEF, AggregatorProcess.class, address, 3, METHOD, DEADLINE_MS, mtu,
                new Shard(shard, shards));
    }

    private static Future<Void> start(ExecutorService threads, JobAddress address, int index, LastRound last,
            List<ModelMember> members) {
        Worker worker = Worker.builder(address, DIMENSION, METHOD).index(index).identity(100 + index).join();
        ModelMember member = new ModelMember(worker);
        members.add(member);
        return threads.submit(() -> {
            try (worker) {
                return member.run(last);
            }
        });
    }

    private static void awaitRound(List<ModelMember> members, long round) {
        members.forEach(member -> Job.await("round " + round, () -> member.worker.round() >= round));
    }

    @Tag("thorough")
    @ParameterizedTest
    @EnumSource
    void shouldGoOnWhereAShardIsKilledAndStartedAgain(Job.Channel channel) throws Exception {
        MediaDriverHost driver = channel == Job.Channel.IPC ? MediaDriverHost.launch(15) : null;
        int shards = 3;
        int mtu = driver == null ? Connection.defaultMtu(JobAddress.udp("127.0.0.1", 1)) : FrameLayout.LARGEST_MTU;
        List<ChildProcess> aggregators = new ArrayList<>();
        List<JobAddress.Single> addresses = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int shard = 0; shard < shards; shard++) {
                JobAddress wanted = driver == null ? JobAddress.udp("127.0.0.1", 0)
                        : JobAddress.ipc(driver.directory(), 5 + shard);
                aggregators.add(aggregator(wanted, shard, shards, mtu));
            }
            for (ChildProcess aggregator : aggregators) {
                addresses.addAll(AggregatorProcess.listening(aggregator).shards());
            }
            LastRound last = new LastRound();
            List<ModelMember> members = new ArrayList<>();
            List<Future<Void>> running = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                running.add(start(threads, JobAddress.of(addresses), index, last, members));
            }
            for (int victim : new int[]{1, 0}) {
                long before = members.getFirst().worker.round();
                awaitRound(members, before + 5);
                aggregators.get(victim).kill();
                aggregators.set(victim, aggregator(addresses.get(victim), victim, shards, mtu));
                awaitRound(members, members.getFirst().worker.round() + 5);
            }
            awaitRound(members, members.getFirst().worker.round() + 20);
            last.isBegun();
            for (Future<Void> one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
            for (ModelMember member : members) {
                assertArrayEquals(members.getFirst().model, member.model);
                member.hashes
                    .forEach((round, hash) -> members.forEach(
                            other -> assertEquals(hash, other.hashes.getOrDefault(round, hash),
                                    "before round " + round)));
                member.results.forEach(result -> assertEquals(List.of(0, 1, 2), result.counted()));
            }
        } finally {
            aggregators.forEach(ChildProcess::close);
            if (driver != null) {
                driver.close();
            }
        }
    }

    private static ChildProcess peer(JobAddress address, int index) throws Exception {
        int mtu = Connection.defaultMtu(address);
        return new ChildProcess(ChildProcess.BRIEF, MemberProcess.class, address, index, DIMENSION, METHOD, mtu,
                100 + index, "model", 3, DEADLINE_MS, DefaultMethods.means());
    }

    /** Reads the lines of a member's process up to its next round, which it prints. */
    private static String[] nextRound(ChildProcess member) throws Exception {
        String line = member.line();
        while (!line.startsWith("round ")) {
            assertTrue(!line.startsWith("failed") && !line.equals("(end)"), line);
            line = member.line();
        }
        return line.split(" ");
    }

    /** Returns the round before which a member's process waits. */
    private static long stop(ChildProcess member) throws Exception {
        String line = member.line();
        while (!line.startsWith("waits ")) {
            assertTrue(!line.startsWith("failed") && !line.equals("(end)"), line);
            line = member.line();
        }
        return Long.parseLong(line.substring("waits ".length()));
    }

    @Tag("thorough")
    @Test
    void shouldGoOnWhereAWorkerThatHostsAShardIsKilledAndStartedAgain() throws Exception {
        JobAddress address = Team.freePorts(3);
        LastRound last = new LastRound();
        List<ModelMember> members = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool(); ChildProcess first = peer(address, 2)) {
            List<Future<ModelMember>> joining = new ArrayList<>();
            for (int index : new int[]{0, 1}) {
                joining.add(threads.submit(() -> new ModelMember(Worker.builder(address, DIMENSION, METHOD)
                    .index(index)
                    .identity(100 + index)
                    .serve(index, 3, aggregator -> aggregator)
                    .join())));
            }
            List<Future<Void>> running = new ArrayList<>();
            for (Future<ModelMember> one : joining) {
                ModelMember member = one.get(30, TimeUnit.SECONDS);
                members.add(member);
                running.add(threads.submit(() -> {
                    try {
                        return member.run(last);
                    } finally {
                        member.worker.close();
                    }
                }));
            }
            first.tell(1_000_000);
            assertEquals("joined 0", first.line());
            nextRound(first);
            first.kill();
            try (ChildProcess second = peer(address, 2)) {
                second.tell(1_000_000);
                String[] round = nextRound(second);
                while (Integer.parseInt(round[2]) < 3) {
                    round = nextRound(second);
                }
                for (int more = 0; more < 5; more++) {
                    long next = Long.parseLong(round[1]) + 1;
                    int hash = Integer.parseInt(round[4]);
                    Job.await("round " + next, () -> members.stream().allMatch(one -> one.hashes.containsKey(next)));
                    members.forEach(member -> assertEquals(hash, member.hashes.get(next), "before round " + next));
                    round = nextRound(second);
                }
                second.tell(0);
                long open = stop(second);
                last.is(open); // the others wait for it there
                second.tell(open + 1);
                assertEquals(open + 1, stop(second));
                second.tell("end");
                for (Future<Void> one : running) {
                    one.get(60, TimeUnit.SECONDS);
                }
                assertEquals(0, second.exitCode());
            }
        }
        assertTrue(members.getFirst().results.stream().anyMatch(result -> result.contributors() < 3),
                "a round without the one that was killed");
        IntStream.range(0, 2).forEach(index -> assertTrue(members.get(index).results.size() > 5));
    }
}
