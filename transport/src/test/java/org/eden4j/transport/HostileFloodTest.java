package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Method;
import org.eden4j.transport.aggregator.AggregatorCounters;
import org.eden4j.transport.mean.JobTally;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sends a hundred thousand invalid frames to every port while rounds run: old epochs, duplicates, frames out of turn,
 * cut ones, random bytes. Every mean stays as without them, every frame is counted, and memory is bounded.
 * {@code .ci/hostile} sends a million.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class HostileFloodTest {
    static final int FRAMES = Integer.getInteger("eden4j.hostile.frames", 100_000);
    static final long SEED = 20_261_122;
    static final int ROUNDS = 10;
    static final int MTU = 1408;
    static final int DIMENSION = 20_000;
    static final Method METHOD = Method.parse("eden:bits=4");
    static final Method DOWN = Method.parse("eden:bits=8");

    private final Random random = new Random(SEED);
    private final HostileFrames hostile = new HostileFrames(random);
    private final FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, MTU);
    private final Reference reference = new Reference(METHOD, DOWN, DIMENSION, MTU, Job.SEED);
    private final float[] good = Job.gaussian(DIMENSION, 1);
    private final float[] other = Job.gaussian(DIMENSION, 2);
    private final Map<JobTally.Kind, Long> expected = new EnumMap<>(JobTally.Kind.class);
    /** Number of frames counted as one of several kinds, depending on their random bytes. */
    private long unclassified;

    static Job job(Job.Channel channel) {
        System.out.println("seed " + SEED + ", " + FRAMES + " frames over " + channel);
        return new Job(channel, 2, METHOD, DOWN,
                options -> options.mtu(MTU).deadline(Duration.ofMinutes(10)).dimension(DIMENSION).quorum(1));
    }

    @ParameterizedTest
    @EnumSource
    void shouldAcceptNothingAtTheAggregatorAndCountAll(Job.Channel channel) throws Exception {
        try (Job job = job(channel);
                RawMember member = new RawMember(job, 0, MTU);
                RawMember stranger = new RawMember(job, 1, MTU)) {
            member.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION, options -> options.mtu(MTU));
            round(job, worker, member, stranger, 0, 0);
            Footprint before = Footprint.now();
            for (int round = 1; round <= ROUNDS; round++) {
                round(job, worker, member, stranger, round, FRAMES / ROUNDS);
            }
            Job.await("all frames counted: " + expected + " and " + unclassified + ", shown " + shown(),
                    () -> total() == unclassified + expected.values().stream().mapToLong(Long::longValue).sum());
            Footprint.after(before).assertBounded(before, 0);
            System.out.println(shown());
            long spread = 0;
            for (JobTally.Kind kind : List.of(JobTally.Kind.LATE, JobTally.Kind.DUPLICATE, JobTally.Kind.STALE,
                    JobTally.Kind.FOREIGN, JobTally.Kind.REJECTED)) {
                long more = shown().get(kind) - expected.getOrDefault(kind, 0L);
                assertTrue(more >= 0, kind + " " + shown() + ", expected " + expected);
                spread += more;
            }
            assertEquals(unclassified, spread);
            assertEquals(expected.get(JobTally.Kind.LATE), shown().get(JobTally.Kind.LATE));
            assertEquals(expected.get(JobTally.Kind.DUPLICATE), shown().get(JobTally.Kind.DUPLICATE));
            assertEquals(1L + ROUNDS, shown().get(JobTally.Kind.ROUNDS));
            assertEquals(0L, shown().get(JobTally.Kind.CUT_OFF));
        }
    }

    /** Returns the counters as AeronStat shows them. */
    private static Map<JobTally.Kind, Long> shown() {
        Map<JobTally.Kind, Long> shown = new EnumMap<>(JobTally.Kind.class);
        for (JobTally.Kind kind : JobTally.Kind.values()) {
            shown.put(kind, DriverFiles.total(AggregatorCounters.FIRST_TYPE + kind.ordinal()));
        }
        return shown;
    }

    private static long total() {
        Map<JobTally.Kind, Long> shown = shown();
        return shown.get(JobTally.Kind.LATE) + shown.get(JobTally.Kind.DUPLICATE) + shown.get(JobTally.Kind.STALE)
                + shown.get(JobTally.Kind.FOREIGN) + shown.get(JobTally.Kind.REJECTED);
    }

    /** Runs one round with a number of hostile frames among the honest frames of member 1, in shuffled order. */
    private void round(Job job, Worker worker, RawMember member, RawMember stranger, int round, int count)
            throws Exception {
        Future<Job.Exchanged> exchange = job.submit(() -> Job.exchange(worker, good, 1));
        List<byte[]> payloads = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int frame = 0; frame < layout.frameCount(); frame++) {
            byte[] payload = new byte[member.encode(layout, other, round, 1, frame)];
            MemorySegment.copy(member.scratch(), ValueLayout.JAVA_BYTE, 0, payload, 0, payload.length);
            payloads.add(payload);
            order.add(frame);
        }
        Collections.shuffle(order, random);
        int honest = 0;
        for (int i = 0; i < count; i++) {
            if (honest * count <= i * (order.size() - 1) && honest < order.size() - 1) {
                int frame = order.get(honest++);
                member.send(honestFrame(member, round, frame, payloads));
            }
            if (random.nextInt(4) == 0) {
                stranger.send(strange(member, round, payloads));
                expect(JobTally.Kind.FOREIGN);
            } else {
                member.send(
                        wrong(member, round, order.subList(0, honest), order.subList(honest, order.size()), payloads));
            }
        }
        while (honest < order.size()) {
            member.send(honestFrame(member, round, order.get(honest++), payloads));
        }
        float[] mean = reference.mean(round,
                List.of(new Reference.Contribution(0, good, 1), new Reference.Contribution(1, other, 1)));
        Job.Exchanged exchanged = exchange.get(10, TimeUnit.MINUTES);
        assertArrayEquals(mean, exchanged.mean());
        assertEquals(2, exchanged.result().contributors());
        Job.await("the report of round " + round, () -> job.rounds.size() == round + 1);
    }

    private byte[] honestFrame(RawMember member, int round, int frame, List<byte[]> payloads) {
        return hostile.update(member.epoch, round, 1, METHOD.wireId(), frame, 1, payloads.get(frame));
    }

    /** Returns a frame that a member must not send, and counts it by kind. */
    private byte[] wrong(RawMember member, int round, List<Integer> sent, List<Integer> due, List<byte[]> payloads) {
        int wireId = METHOD.wireId();
        int frame = random.nextInt(payloads.size());
        byte[] payload = payloads.get(frame);
        return switch (random.nextInt(12)) {
            case 0 -> {
                expect(JobTally.Kind.STALE);
                int past = member.epoch ^ 1 + random.nextInt(Integer.MAX_VALUE);
                yield hostile.update(past, round, 1, wireId, frame, 1, payload);
            }
            case 1 -> {
                expect(JobTally.Kind.FOREIGN);
                yield hostile.update(member.epoch, round, random.nextBoolean() ? 0 : 2 + random.nextInt(1000), wireId,
                        frame, 1, payload);
            }
            case 2 -> {
                expect(JobTally.Kind.DUPLICATE);
                int again = sent.get(random.nextInt(sent.size()));
                yield hostile.update(member.epoch, round, 1, wireId, again, 1, payloads.get(again));
            }
            case 3 -> {
                expect(JobTally.Kind.LATE);
                yield hostile.update(member.epoch, random.nextInt(round), 1, wireId, frame, 1, payload);
            }
            case 4 -> {
                expect(JobTally.Kind.REJECTED);
                yield hostile.update(member.epoch, round + 1 + random.nextInt(1 << 30), 1, wireId, frame, 1, payload);
            }
            case 5 -> {
                expect(JobTally.Kind.REJECTED);
                yield hostile.truncated(hostile.update(member.epoch, round, 1, wireId, frame, 1, payload));
            }
            case 6 -> {
                expect(JobTally.Kind.REJECTED);
                yield hostile.update(member.epoch, round, 1, wireId + 1 + random.nextInt(100), frame, 1, payload);
            }
            case 7 -> {
                expect(JobTally.Kind.REJECTED);
                long beyond = random.nextBoolean() ? payloads.size() : 0xFFFF_FFFEL - random.nextInt(1 << 30);
                yield hostile.update(member.epoch, round, 1, wireId, beyond, 1, payload);
            }
            case 8 -> {
                expect(JobTally.Kind.REJECTED);
                float[] weights = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1};
                yield hostile.update(member.epoch, round, 1, wireId, frame, weights[random.nextInt(4)], payload);
            }
            case 9 -> {
                expect(JobTally.Kind.REJECTED);
                int early = due.get(random.nextInt(due.size()));
                yield hostile.update(member.epoch, round, 1, wireId, early, 2, payloads.get(early));
            }
            case 10 -> {
                expect(JobTally.Kind.REJECTED);
                yield hostile.noise(1200);
            }
            default -> {
                unclassified++;
                yield hostile.plausible(1200);
            }
        };
    }

    /** Returns a frame of an unknown sender, possibly in a member's name. */
    private byte[] strange(RawMember member, int round, List<byte[]> payloads) {
        int frame = random.nextInt(payloads.size());
        return switch (random.nextInt(3)) {
            case 0 -> hostile.update(member.epoch, round, random.nextInt(2), METHOD.wireId(), frame, 1,
                    payloads.get(frame));
            case 1 -> hostile.noise(1200);
            default -> hostile.plausible(1200);
        };
    }

    private void expect(JobTally.Kind kind) {
        expected.merge(kind, 1L, Long::sum);
    }
}
