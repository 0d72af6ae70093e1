package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.agrona.IoUtil;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Shard;

/**
 * All processes of a job, and its members' output for each round. The members advance only to a given round.
 *
 * <p>Each shard has an aggregator's process; of peers, member i hosts shard i instead.
 */
final class Team implements AutoCloseable {
    static final int WORKERS = 3;
    /** After a deadline a round closes without the members whose updates are missing. */
    static final int DEADLINE_MS = 3000;
    private static final int NOBODY = -1;
    private static final int DIMENSION = 5_000;
    /** An MTU so small that an update has several frames. */
    private static final int MTU = 1408;
    /** Rounds after the last event, when more than one member can be ahead of another. */
    private static final int MORE_ROUNDS = 20;

    final Path directory = Path.of("/dev/shm", "eden4j-test-" + ProcessHandle.current().pid() + '-'
            + System.nanoTime());
    private final String kind;
    private final String methods;
    private final boolean peers;
    private final ChildProcess[] members = new ChildProcess[WORKERS];
    private final List<Map<Long, String>> hashes = new ArrayList<>();
    /** By worker: the last round before which it reported to wait, -1 if its process has not yet. */
    private final long[] waiting = new long[WORKERS];
    /** By worker: true if its process has joined. */
    private final boolean[] joined = new boolean[WORKERS];
    /** By worker: true if its process has the mean of any round. */
    private final boolean[] averaged = new boolean[WORKERS];
    /** Round before which members wait. */
    private long limit;
    private int stopped = NOBODY;
    private ChildProcess driver;
    private final ChildProcess[] aggregators;
    private final JobAddress.Single[] addresses;

    /**
     * Starts all processes; returns when all members wait for their first round.
     *
     * @param kind what the members share: model, replica or none
     * @param methods the methods of updates and, after a slash, of means
     * @param shards number of shards
     * @param peers whether members host the shards, one each
     */
    Team(Job.Channel channel, String kind, String methods, int shards, boolean peers) throws Exception {
        this.kind = kind;
        this.methods = methods;
        this.peers = peers;
        aggregators = new ChildProcess[peers ? 0 : shards];
        addresses = new JobAddress.Single[shards];
        if (channel == Job.Channel.IPC) {
            startDriver();
        }
        for (int shard = 0; shard < shards; shard++) {
            addresses[shard] = switch (channel) {
                case IPC -> JobAddress.ipc(directory, 5 + shard);
                case UDP -> JobAddress.udp("127.0.0.1", 0);
            };
        }
        if (peers && channel == Job.Channel.UDP) {
            freePorts(shards).shards().toArray(addresses);
        }
        for (int shard = 0; shard < aggregators.length; shard++) {
            startAggregator(shard);
        }
        for (int index = 0; index < WORKERS; index++) {
            hashes.add(new HashMap<>());
            startMember(index);
        }
        for (int index = 0; index < WORKERS; index++) {
            hear(index, "waits", 0);
        }
    }

    /** Returns ports that were free a moment ago: processes must know them before they listen. */
    static JobAddress freePorts(int count) throws Exception {
        List<DatagramSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new DatagramSocket(0, InetAddress.getByName("127.0.0.1")));
        }
        List<JobAddress.Single> addresses = new ArrayList<>();
        for (DatagramSocket socket : sockets) {
            addresses.add(JobAddress.udp("127.0.0.1", socket.getLocalPort()));
            socket.close();
        }
        return JobAddress.of(addresses);
    }

    int shards() {
        return addresses.length;
    }

    /** Returns the open round. */
    long openRound() {
        return limit - 1;
    }

    void startDriver() throws Exception {
        driver = new ChildProcess(ChildProcess.BRIEF, DriverProcess.class, (WORKERS + 2) * shards(), directory);
        assertEquals("driving " + directory, driver.line());
    }

    void killDriver() throws InterruptedException {
        driver.kill();
    }

    void startAggregator(int shard) throws Exception {
        aggregators[shard] = new ChildProcess(ChildProcess.BRIEF, AggregatorProcess.class, addresses[shard], WORKERS,
                methods, DEADLINE_MS, MTU, new Shard(shard, shards()));
        addresses[shard] = AggregatorProcess.listening(aggregators[shard]).shards().getFirst();
    }

    void killAggregator(int shard) throws InterruptedException {
        aggregators[shard].kill();
    }

    /** Stops and continues the aggregator of a shard. */
    void signalAggregator(int shard, String name) throws Exception {
        aggregators[shard].signal(name);
    }

    void startMember(int index) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(JobAddress.of(List.of(addresses)), index, DIMENSION,
                methods.split("/")[0], MTU, 1000 + index, kind));
        if (peers) {
            arguments.addAll(List.of(WORKERS, DEADLINE_MS, methods.split("/")[1]));
        }
        members[index] = new ChildProcess(ChildProcess.BRIEF, MemberProcess.class, arguments.toArray());
        waiting[index] = -1;
        joined[index] = false;
        averaged[index] = false;
    }

    void killMember(int index) throws InterruptedException {
        members[index].kill();
    }

    /** Stops a member's process; the others' rounds continue without it. */
    void stopMember(int index) throws Exception {
        members[index].signal("STOP");
        stopped = index;
    }

    void continueMember(int index) throws Exception {
        members[index].signal("CONT");
        stopped = NOBODY;
        averaged[index] = false;
    }

    /** Waits until a member that was started again has joined. */
    void awaitJoined(int index) throws Exception {
        while (!joined[index]) {
            take(index, members[index].line());
        }
    }

    /** Reads a member's output until it has this line for this round or a later one. */
    private void hear(int index, String what, long round) throws Exception {
        String[] said;
        do {
            said = take(index, members[index].line());
        } while (!said[0].equals(what) || Long.parseLong(said[1]) < round);
    }

    private String[] take(int index, String line) {
        String[] said = line.split(" ", 5);
        switch (said[0]) {
            case "round" -> {
                hashes.get(index).put(Long.parseLong(said[1]), said[4]);
                averaged[index] = true;
            }
            case "waits" -> waiting[index] = Long.parseLong(said[1]);
            case "joined" -> joined[index] = true;
            case "shared", "submits", "resynchronised" -> {
            }
            default -> throw new AssertionError("worker " + index + ": " + line);
        }
        return said;
    }

    /** Reads the aggregators' output until each has this number of whole updates of the open round. */
    void awaitUpdates(int count) throws Exception {
        for (int shard = 0; shard < aggregators.length; shard++) {
            String[] said;
            do {
                said = standing(shard);
            } while (Long.parseLong(said[1]) != openRound() || Integer.parseInt(said[2]) < count);
        }
    }

    /** Reads the output of a shard's aggregator until the open round is over there. */
    void awaitEnd(int shard) throws Exception {
        String[] said;
        do {
            said = standing(shard);
        } while (Long.parseLong(said[1]) <= openRound());
    }

    private String[] standing(int shard) throws Exception {
        String[] said = aggregators[shard].line().split(" ", 3);
        assertEquals("whole", said[0], String.join(" ", said));
        return said;
    }

    /** Opens a round in which these members submit, in this order; the others wait. */
    void open(List<Integer> submitting) throws Exception {
        limit++;
        for (int index : submitting) {
            release(index);
        }
    }

    void awaitSubmission(int index) throws Exception {
        hear(index, "submits", openRound());
    }

    private void release(int index) throws Exception {
        members[index].tell(limit);
    }

    /** Lets all members submit in the open round, without waiting. */
    void releaseAll() throws Exception {
        for (int index = 0; index < WORKERS; index++) {
            if (index != stopped) {
                release(index);
            }
        }
    }

    /** Lets all members finish the open round; one that is still starting need not. */
    void finishRound() throws Exception {
        releaseAll();
        for (int index = 0; index < WORKERS; index++) {
            if (index == stopped) {
                continue;
            }
            if (waiting[index] >= 0) {
                if (waiting[index] < limit) {
                    hear(index, "waits", limit);
                }
            } else {
                for (String line = members[index].lineNow(); line != null; line = members[index].lineNow()) {
                    take(index, line);
                }
            }
        }
    }

    void go(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            limit++;
            finishRound();
        }
    }

    /** Continues until a member has the mean of a round. */
    void goUntilAveraged(int index) throws Exception {
        do {
            go(1);
        } while (!averaged[index]);
    }

    /** Ends the job; all members that have finished a round must have the same result. */
    void finish() throws Exception {
        go(MORE_ROUNDS);
        for (ChildProcess member : members) {
            member.tell("end");
        }
        for (long round = 0; round < limit; round++) {
            Set<String> different = new HashSet<>();
            for (Map<Long, String> said : hashes) {
                if (said.containsKey(round)) {
                    different.add(said.get(round));
                }
            }
            assertEquals(1, different.size(), "round " + round + ": " + different);
        }
        assertTrue(hashes.stream().allMatch(said -> said.containsKey(limit - 1)), "all members see the end");
    }

    @Override
    public void close() {
        IntStream.range(0, WORKERS).filter(index -> members[index] != null).forEach(index -> members[index].close());
        for (ChildProcess aggregator : aggregators) {
            if (aggregator != null) {
                aggregator.close();
            }
        }
        if (driver != null) {
            driver.close();
            IoUtil.delete(directory.toFile(), true);
        }
    }
}
