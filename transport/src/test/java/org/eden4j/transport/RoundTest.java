package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The results over a real media driver equal, bit for bit, those computed in one process. */
@Timeout(120)
class RoundTest {
    private static final int ROUNDS = 3;
    private static final int[] DIMENSIONS = {1, 2, 127, 128, 129, 1000, 4223, 431_080};
    private static final String[] METHODS = {"eden:bits=1", "eden:bits=4", "eden:bits=8", "drive", "float16", "none"};

    /** Few dimensions of each method, and one job of each kind over UDP. */
    static Stream<Arguments> fewJobs() {
        return jobs().filter(RoundTest::isAmongFew);
    }

    static Stream<Arguments> otherJobs() {
        return jobs().filter(job -> !isAmongFew(job));
    }

    private static boolean isAmongFew(Arguments job) {
        return Set.of(1, 129, 4223).contains((Integer) job.get()[4])
                || job.get()[0] == Job.Channel.UDP && job.get()[1].equals(3);
    }

    private static Stream<Arguments> jobs() {
        List<Arguments> jobs = new ArrayList<>();
        for (String method : METHODS) {
            for (int dimension : DIMENSIONS) {
                jobs.add(Arguments.of(Job.Channel.IPC, 3, method, "eden:bits=8", dimension, 65504));
            }
        }
        for (int workers : new int[]{1, 4}) {
            for (int dimension : new int[]{2, 4223, 431_080}) {
                jobs.add(Arguments.of(Job.Channel.IPC, workers, "eden:bits=4", "eden:bits=8", dimension, 65504));
                jobs.add(Arguments.of(Job.Channel.UDP, workers, "eden:bits=4", "eden:bits=8", dimension, 65504));
                jobs.add(Arguments.of(Job.Channel.UDP, workers, "drive", "eden:bits=4", dimension, 1408));
            }
        }
        jobs.add(Arguments.of(Job.Channel.UDP, 3, "none", "none", 431_080, 1408));
        jobs.add(Arguments.of(Job.Channel.UDP, 3, "float16", "none", 431_080, 65504));
        jobs.add(Arguments.of(Job.Channel.UDP, 3, "eden:bits=1", "eden:bits=8", 1_000_003, 65504));
        return jobs.stream();
    }

    @ParameterizedTest(name = "{0}, {1} workers, up {2}, down {3}, dimension {4}, MTU {5}")
    @MethodSource("fewJobs")
    void shouldEqualTheMeanOfOneProcess(Job.Channel channel, int workers, String up, String down, int dimension,
            int mtu) throws Exception {
        assertEqualsTheMeanOfOneProcess(channel, workers, up, down, dimension, mtu);
    }

    @Tag("thorough")
    @ParameterizedTest(name = "{0}, {1} workers, up {2}, down {3}, dimension {4}, MTU {5}")
    @MethodSource("otherJobs")
    void shouldEqualTheMeanOfOneProcessInOtherJobs(Job.Channel channel, int workers, String up, String down,
            int dimension, int mtu) throws Exception {
        assertEqualsTheMeanOfOneProcess(channel, workers, up, down, dimension, mtu);
    }

    private static void assertEqualsTheMeanOfOneProcess(Job.Channel channel, int workers, String up, String down,
            int dimension, int mtu) throws Exception {
        System.out.println("job seed " + Job.SEED + ", data seed " + dimension);
        Method method = Method.parse(up);
        Method downlink = Method.parse(down);
        Reference reference = new Reference(method, downlink, dimension, mtu, Job.SEED);
        FrameLayout upLayout = FrameLayout.of(method, dimension, mtu);
        FrameLayout downLayout = FrameLayout.of(downlink, dimension, mtu);
        try (Job job = new Job(channel, workers, method, downlink, options -> options.mtu(mtu))) {
            for (int i = 0; i < workers; i++) {
                job.join(i, dimension, options -> options.mtu(mtu));
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                float[] weights = new float[workers];
                List<Reference.Contribution> contributions = new ArrayList<>();
                for (int i = 0; i < workers; i++) {
                    updates.add(Job.gaussian(dimension, dimension + 31L * round + i));
                    weights[i] = 1 + i * 0.37f;
                    contributions.add(new Reference.Contribution(i, updates.get(i), weights[i]));
                }
                float[] expected = reference.mean(round, contributions);
                for (Job.Exchanged exchanged : job.exchange(job.workers, updates, weights)) {
                    assertArrayEquals(expected, exchanged.mean());
                    assertEquals(round, exchanged.result().round());
                    assertEquals(workers, exchanged.result().contributors());
                    assertTrue(exchanged.result().contributed());
                    assertEquals(List.of(), exchanged.result().missing());
                    assertEquals(upLayout.totalBytes(), exchanged.result().bytesUp());
                    assertEquals(downLayout.totalBytes(), exchanged.result().bytesDown());
                }
            }
            Job.await("reports of all rounds", () -> job.rounds.size() == ROUNDS);
            for (RoundStatistics statistics : job.rounds) {
                assertEquals(workers, statistics.contributors().size());
                assertEquals(workers * upLayout.totalBytes(), statistics.bytesUp());
                assertEquals(workers * downLayout.totalBytes(), statistics.bytesDown());
                assertEquals(0, statistics.late() + statistics.duplicate() + statistics.stale() + statistics.foreign()
                        + statistics.rejected() + statistics.cutOff());
            }
        }
    }
}
