package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A network that loses a fifth of all datagrams in both directions only costs time if frames are retransmitted. */
@Timeout(120)
class LossTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int DIMENSION = 200_000;
    private static final int MTU = 1408;
    private static final int WORKERS = 3;
    private static final int ROUNDS = 3;
    private static final long SEED = 20_261_122;
    private static final double LOSS = .2;

    @Test
    void shouldRepeatWhatIsLostUntilMeansAreThoseWithoutLoss() throws Exception {
        System.out.println("seed " + SEED);
        Reference reference = new Reference(METHOD, DOWN, DIMENSION, MTU, Job.SEED);
        try (Job job = new Job(Job.Channel.UDP, WORKERS, METHOD, DOWN,
                options -> options.mtu(MTU)
                    .deadline(java.time.Duration.ofSeconds(60))
                    .injectLoss(new InjectedLoss(LOSS, SEED)))) {
            for (int i = 0; i < WORKERS; i++) {
                InjectedLoss own = new InjectedLoss(LOSS, SEED + 1 + i);
                job.join(i, DIMENSION, options -> options.mtu(MTU).injectLoss(own));
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                List<Reference.Contribution> contributions = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    updates.add(Job.gaussian(DIMENSION, 100 * round + i));
                    contributions.add(new Reference.Contribution(i, updates.get(i), 1));
                }
                float[] expected = reference.mean(round, contributions);
                for (Job.Exchanged one : job.exchange(job.workers, updates, new float[]{1, 1, 1})) {
                    assertArrayEquals(expected, one.mean());
                }
            }
            long frames = (long) ROUNDS * WORKERS * (FrameLayout.of(METHOD, DIMENSION, MTU).frameCount()
                    + FrameLayout.of(DOWN, DIMENSION, MTU).frameCount());
            long repeated = DriverFiles.counters()
                .stream()
                .filter(shown -> shown.type() == 0 && shown.label().startsWith("Retransmits sent"))
                .mapToLong(DriverFiles.Shown::value)
                .sum();
            System.out.println(repeated + " repetitions of " + frames + " frames");
            assertTrue(repeated > LOSS / 4 * frames, repeated + " repetitions of " + frames + " frames");
            Job.await("reports", () -> job.rounds.size() == ROUNDS);
            assertEquals(0, job.rounds.stream().mapToLong(RoundStatistics::lost).sum());
        }
    }

    @Test
    void shouldRefuseToLoseInSharedMemory() {
        try (MediaDriverHost driver = MediaDriverHost.launch(1)) {
            AggregatorBuilder builder = Aggregator.builder(JobAddress.ipc(driver.directory(), 1), 1, METHOD)
                .injectLoss(new InjectedLoss(LOSS, SEED));
            assertEquals("nothing is lost over IPC: inject loss over UDP",
                    assertThrows(IllegalArgumentException.class, builder::start).getMessage());
            assertThrows(IllegalArgumentException.class, () -> new InjectedLoss(1, SEED));
        }
    }
}
