package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates that are not retransmitted: a round continues with the frames that arrived, and reports them. */
@Timeout(60)
@Tag("thorough")
class UnreliableTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int DIMENSION = 300_000;
    private static final int MTU = 1408;
    private static final int WORKERS = 3;
    private static final int ROUNDS = 6;
    private static final long SEED = 20_261_122;
    /** Far beyond the test's limit: a round that waited for it would be seen. */
    private static final Duration NEVER = Duration.ofMinutes(5);

    private final Reference reference = new Reference(METHOD, DOWN, DIMENSION, MTU, Job.SEED);

    private static Job job(double loss) {
        System.out.println("seed " + SEED + ", loss " + loss);
        Job job = new Job(Job.Channel.UDP, WORKERS, METHOD, DOWN,
                options -> options.mtu(MTU)
                    .deadline(NEVER)
                    .reliableUplink(false)
                    .injectLoss(new InjectedLoss(loss, SEED)));
        for (int i = 0; i < WORKERS; i++) {
            InjectedLoss own = new InjectedLoss(loss, SEED + 1 + i);
            job.join(i, DIMENSION, options -> options.mtu(MTU).injectLoss(own));
        }
        return job;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, .01, .2})
    void shouldAverageWhatCameWithoutWaitingForTheRest(double loss) throws Exception {
        FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, MTU);
        long sent = (long) ROUNDS * WORKERS * layout.frameCount();
        long lost = 0;
        try (Job job = job(loss)) {
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    updates.add(Job.gaussian(DIMENSION, 100 * round + i));
                }
                float[] weights = {1, 2.5f, 1};
                List<Job.Exchanged> exchanged = job.exchange(job.workers, updates, weights);
                int number = round;
                Job.await("a report", () -> job.rounds.size() == number + 1);
                RoundStatistics statistics = job.rounds.get(round);
                assertEquals(List.of(0, 1, 2), statistics.contributors());
                List<Reference.Contribution> contributions = IntStream.range(0, WORKERS)
                    .mapToObj(i -> new Reference.Contribution(i, updates.get(i), weights[i],
                            counted(statistics.partial(), i)))
                    .toList();
                float[] expected = reference.mean(round, contributions);
                for (int i = 0; i < WORKERS; i++) {
                    Job.Exchanged one = exchanged.get(i);
                    assertArrayEquals(expected, one.mean());
                    assertEquals(WORKERS, one.result().contributors());
                    assertEquals(counted(statistics.partial(), i) == null, one.result().contributed(),
                            "nothing to carry");
                    assertEquals(statistics.partial(), one.result().partial());
                }
                lost += statistics.lost();
            }
        }
        // by chance: 1e-8; a datagram carries one frame; a busy network may lose or reorder a few by itself
        double spread = Math.sqrt(loss * (1 - loss) * sent);
        assertEquals(loss * sent, lost, 6 * spread + 3, lost + " of " + sent + " frames were lost");
    }

    /**
     * The end of the update is repeated all the time: it must not end the update of the next attempt before that has
     * arrived.
     */
    @Test
    void shouldSendTheWholeUpdateAgainWhenARoundIsTriedAgain() throws Exception {
        FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, MTU);
        try (Job job = new Job(Job.Channel.UDP, 2, METHOD, DOWN,
                options -> options.mtu(MTU)
                    .quorum(2)
                    .attempts(1000)
                    .deadline(Duration.ofMillis(300))
                    .reliableUplink(false))) {
            Worker early = job.join(0, DIMENSION, options -> options.mtu(MTU));
            Worker late = job.join(1, DIMENSION, options -> options.mtu(MTU));
            for (int round = 0; round < 3; round++) {
                float[] first = Job.gaussian(DIMENSION, 2 * round);
                float[] second = Job.gaussian(DIMENSION, 2 * round + 1);
                int number = round;
                var waiting = job.submit(() -> Job.exchange(early, first, 1));
                int begun = 3;
                Job.await("attempts",
                        () -> job.rounds.size() == number && job.aggregator.standing().attempt() >= begun);
                Job.Exchanged other = Job.exchange(late, second, 1);
                Job.Exchanged one = waiting.get();
                Job.await("a report", () -> job.rounds.size() == number + 1);
                RoundStatistics statistics = job.rounds.get(round);
                assertEquals(List.of(0, 1), statistics.contributors());
                float[] expected = reference.mean(round,
                        List.of(new Reference.Contribution(0, first, 1, counted(statistics.partial(), 0)),
                                new Reference.Contribution(1, second, 1, counted(statistics.partial(), 1))));
                assertArrayEquals(expected, one.mean());
                assertArrayEquals(expected, other.mean());
                assertTrue(statistics.attempts() >= begun, "attempts " + statistics.attempts());
                assertTrue(statistics.lost() < layout.frameCount() / 2, statistics.lost() + " frames were lost");
            }
        }
    }

    /** The order of frames of a slow member: the attempt fails between its frames. */
    @Test
    void shouldNotTakeAnEndOfTheAttemptBeforeForThatOfThisOne() throws Exception {
        FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, MTU);
        float[] update = Job.gaussian(DIMENSION, 5);
        float[] slowUpdate = Job.gaussian(DIMENSION, 6);
        try (Job job = new Job(Job.Channel.UDP, 2, METHOD, DOWN,
                options -> options.mtu(MTU).quorum(2).deadline(NEVER).reliableUplink(false));
                RawMember slow = new RawMember(job, 0, MTU)) {
            Worker leaving = job.join(0, DIMENSION, options -> options.mtu(MTU));
            slow.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            send(slow, layout, slowUpdate, 0, 1);
            end(slow, layout, 1);
            Job.await("its update", () -> job.aggregator.standing().whole() == 1);
            job.workers.remove(leaving);
            leaving.close();
            Worker worker = job.join(0, DIMENSION, options -> options.mtu(MTU));
            assertTrue(Job.exchange(worker, update, 1).result().resynchronised(), "a joiner learns the current round");
            var exchanging = job.submit(() -> Job.exchange(worker, update, 1));
            Job.await("a second attempt", () -> {
                end(slow, layout, 1); // a heartbeat
                return job.aggregator.standing().attempt() == 2;
            });

            send(slow, layout, slowUpdate, 1, 2);
            end(slow, layout, 1);
            send(slow, layout, slowUpdate, 0, layout.frameCount());
            end(slow, layout, 2);
            Job.Exchanged exchanged = exchanging.get();
            assertEquals(List.of(0, 1), exchanged.result().counted());
            assertEquals(Map.of(), exchanged.result().partial());
            assertEquals(2, exchanged.result().attempts());
            assertArrayEquals(reference.mean(0, List.of(new Reference.Contribution(0, update, 1),
                    new Reference.Contribution(1, slowUpdate, 1))), exchanged.mean());
        }
    }

    private static void send(RawMember member, FrameLayout layout, float[] update, int first, int end) {
        for (int frame = first; frame < end; frame++) {
            member.update(layout, update, member.epoch, 0, member.index, frame, 1);
        }
    }

    private static void end(RawMember member, FrameLayout layout, int attempt) {
        Job.await("room for an end",
                () -> member.uplink.updateEnd(member.epoch, 0, member.index, attempt, layout.frameCount()));
    }

    @Test
    void shouldTellAllOfAnUpdateOfWhichNothingCame() throws Exception {
        FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, MTU);
        float[] update = Job.gaussian(DIMENSION, 5);
        try (Job job = new Job(Job.Channel.UDP, 2, METHOD, DOWN,
                options -> options.mtu(MTU).deadline(NEVER).reliableUplink(false));
                RawMember silent = new RawMember(job, 0, MTU)) {
            silent.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION, options -> options.mtu(MTU));
            Job.await("room for an end",
                    () -> silent.uplink.updateEnd(silent.epoch, 0, 1, 1, layout.frameCount()));
            Job.Exchanged exchanged = Job.exchange(worker, update, 1);
            Map<Integer, List<CoordinateRange>> partial = exchanged.result().partial();
            assertEquals(List.of(0, 1), exchanged.result().counted());
            assertEquals(List.of(), partial.get(1));
            assertArrayEquals(
                    reference.mean(0, List.of(new Reference.Contribution(0, update, 1, counted(partial, 0)))),
                    exchanged.mean());
        }
    }

    /** Returns the counted blocks; null for all. */
    private static BitSet counted(Map<Integer, List<CoordinateRange>> partial, int worker) {
        List<CoordinateRange> ranges = partial.get(worker);
        if (ranges == null) {
            return null;
        }
        UpdateBlocks layout = FrameLayout.of(METHOD, DIMENSION, MTU).blocks();
        BitSet blocks = new BitSet();
        for (int block = 0; block < layout.blockCount(); block++) {
            int first = layout.offset(block);
            blocks.set(block, ranges.stream().anyMatch(range -> range.contains(first)));
        }
        return blocks;
    }

    @Test
    void shouldShareModelsWholeAlthoughUpdatesAreLost() throws Exception {
        try (Job job = job(.2)) {
            float[] model = Job.gaussian(DIMENSION, 77);
            List<java.util.concurrent.Callable<float[]>> sharing = new ArrayList<>();
            for (Worker worker : job.workers) {
                float[] own = worker.index() == 0 ? model.clone() : new float[DIMENSION];
                sharing.add(() -> {
                    worker.shareModel(java.lang.foreign.MemorySegment.ofArray(own));
                    return own;
                });
            }
            for (float[] shared : job.all(sharing)) {
                assertArrayEquals(model, shared);
            }
        }
    }
}
