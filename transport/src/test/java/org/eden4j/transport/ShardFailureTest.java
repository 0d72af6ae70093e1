package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Aggregators of shards and workers in processes of their own, killed and started again. */
@Timeout(120)
class ShardFailureTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int DIMENSION = 40_007;
    private static final long DEADLINE_MS = 60_000;

    /** A member in a thread of this JVM that shares a model, and computes from what it is told what that must be. */
    private static final class Member {
        final Worker worker;
        final float[] model = new float[DIMENSION];
        final float[] expected = new float[DIMENSION];
        private final Reference reference;
        private final UpdateBlocks blocks;
        /** Hashes of the model before each round. */
        final Map<Long, Integer> hashes = new ConcurrentHashMap<>();
        final List<RoundResult> results = new ArrayList<>();

        Member(Worker worker) {
            this.worker = worker;
            reference = new Reference(METHOD, DOWN, DIMENSION, worker.mtu(), 1);
            blocks = FrameLayout.of(METHOD, DIMENSION, worker.mtu()).blocks();
            if (worker.index() == 0) {
                Arrays.fill(model, 1);
            }
            Arrays.fill(expected, 1);
        }

        Void run(AtomicLong end) {
            worker.shareModel(MemorySegment.ofArray(model));
            while (worker.round() < end.get()) {
                float[] update = MemberProcess.update(DIMENSION, worker.index(), worker.round());
                float[] mean = new float[DIMENSION];
                RoundResult result = worker.exchange(MemorySegment.ofArray(update), 1, MemorySegment.ofArray(mean));
                if (result.resynchronised()) { // it was sent no mean by the shard that was killed: the others have it
                    System.arraycopy(model, 0, expected, 0, DIMENSION);
                } else {
                    results.add(result);
                    float[] right = reference.mean(result.round(), contributions(result));
                    assertArrayEquals(right, mean, "round " + result.round());
                    for (int i = 0; i < DIMENSION; i++) {
                        expected[i] += right[i];
                    }
                    assertArrayEquals(expected, model);
                }
                hashes.put(worker.round(), Arrays.hashCode(model));
            }
            return null;
        }

        private List<Reference.Contribution> contributions(RoundResult result) {
            Map<Integer, Reference.Contribution> all = new TreeMap<>();
            result.counted().forEach(one -> all.put(one, contribution(one, result.round(), null)));
            result.partial().forEach((one, ranges) -> all.put(one, contribution(one, result.round(), ranges)));
            return List.copyOf(all.values());
        }

        private Reference.Contribution contribution(int from, long round, List<CoordinateRange> ranges) {
            BitSet counted = ranges == null ? null : new BitSet();
            for (int block = 0; ranges != null && block < blocks.blockCount(); block++) {
                int first = blocks.offset(block);
                counted.set(block, ranges.stream().anyMatch(range -> range.contains(first)));
            }
            return new Reference.Contribution(from, MemberProcess.update(DIMENSION, from, round), 1, counted);
        }
    }

    private static ChildProcess aggregator(JobAddress address, int shard, int shards, int mtu) throws Exception {
        return new ChildProcess(ChildProcess.BRIEF, AggregatorProcess.class, address, 3, METHOD, DEADLINE_MS, mtu,
                new Shard(shard, shards));
    }

    private static String listening(ChildProcess aggregator) throws Exception {
        String line = aggregator.line();
        assertTrue(line.startsWith("listening "), line);
        return line.substring("listening ".length());
    }

    private static Future<Void> start(ExecutorService threads, JobAddress address, int index, AtomicLong end,
            List<Member> members) {
        Worker worker = Worker.builder(address, DIMENSION, METHOD).index(index).identity(100 + index).join();
        Member member = new Member(worker);
        members.add(member);
        return threads.submit(() -> {
            try (worker) {
                return member.run(end);
            }
        });
    }

    private static void awaitRound(List<Member> members, long round) {
        members.forEach(member -> Job.await("round " + round, () -> member.worker.round() >= round));
    }

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
                addresses.addAll(JobAddress.parse(listening(aggregator)).shards());
            }
            AtomicLong end = new AtomicLong(Long.MAX_VALUE);
            List<Member> members = new ArrayList<>();
            List<Future<Void>> running = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                running.add(start(threads, JobAddress.of(addresses), index, end, members));
            }
            for (int victim : new int[]{1, 0}) {
                long before = members.getFirst().worker.round();
                awaitRound(members, before + 5);
                aggregators.get(victim).kill();
                aggregators.set(victim, aggregator(addresses.get(victim), victim, shards, mtu));
                awaitRound(members, members.getFirst().worker.round() + 5);
            }
            end.set(members.stream().mapToLong(member -> member.worker.round()).max().orElseThrow() + 20);
            for (Future<Void> one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
            for (Member member : members) {
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

    /** Ports that were free a moment ago: processes are told them before they listen. */
    private static JobAddress freePorts(int count) throws Exception {
        List<DatagramSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new DatagramSocket(0, InetAddress.getByName("127.0.0.1")));
        }
        JobAddress address = JobAddress.of(sockets
            .stream().<JobAddress
                    .Single>map(socket -> JobAddress.udp("127.0.0.1", socket.getLocalPort()))
            .toList());
        sockets.forEach(DatagramSocket::close);
        return address;
    }

    private static ChildProcess peer(JobAddress address, int index) throws Exception {
        int mtu = Connection.defaultMtu(address);
        return new ChildProcess(ChildProcess.BRIEF, MemberProcess.class, address, index, DIMENSION, METHOD, mtu,
                100 + index, "model", 3);
    }

    /** The lines of a member's process up to its next round, which it prints. */
    private static String[] nextRound(ChildProcess member) throws Exception {
        String line = member.line();
        while (!line.startsWith("round ")) {
            assertTrue(!line.startsWith("failed") && !line.equals("(end)"), line);
            line = member.line();
        }
        return line.split(" ");
    }

    /** The round before which a member's process waits. */
    private static long stop(ChildProcess member) throws Exception {
        String line = member.line();
        while (!line.startsWith("waits ")) {
            assertTrue(!line.startsWith("failed") && !line.equals("(end)"), line);
            line = member.line();
        }
        return Long.parseLong(line.substring("waits ".length()));
    }

    @Test
    void shouldGoOnWhereAWorkerThatHostsAShardIsKilledAndStartedAgain() throws Exception {
        JobAddress address = freePorts(3);
        AtomicLong end = new AtomicLong(Long.MAX_VALUE);
        List<Member> members = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool(); ChildProcess first = peer(address, 2)) {
            List<Future<Member>> joining = new ArrayList<>();
            for (int index : new int[]{0, 1}) {
                joining.add(threads.submit(() -> new Member(Worker.builder(address, DIMENSION, METHOD)
                    .index(index)
                    .identity(100 + index)
                    .serve(index, 3, aggregator -> aggregator)
                    .join())));
            }
            List<Future<Void>> running = new ArrayList<>();
            for (Future<Member> one : joining) {
                Member member = one.get(30, TimeUnit.SECONDS);
                members.add(member);
                running.add(threads.submit(() -> {
                    try {
                        return member.run(end);
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
                long last = stop(second);
                end.set(last + 1); // the others wait for it in this round
                second.tell(last + 1);
                assertEquals(last + 1, stop(second));
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
