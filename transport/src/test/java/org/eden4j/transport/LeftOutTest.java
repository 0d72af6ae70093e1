package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One of five members sends frames that spoil means: the others get the right mean and learn the sender. */
@Timeout(120)
class LeftOutTest {
    private static final int DIMENSION = 3000;
    private static final int MTU = 8192;
    private static final int SOUND = 4;
    private static final int ROUNDS = 3;
    private static final Duration DEADLINE = Duration.ofMillis(1500);
    private static final Method DOWN = Method.parse("eden:bits=8");

    private enum Fault {
        NAN(LeftOut.Reason.MALFORMED), HUGE(LeftOut.Reason.BEYOND_RANGE), HEAVY(null), LARGE(null), STALE(
                LeftOut.Reason.LATE), NOTHING(null);

        final LeftOut.Reason reason;

        Fault(LeftOut.Reason reason) {
            this.reason = reason;
        }

        boolean isCounted() {
            return this == HEAVY || this == LARGE;
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of("none", "eden:bits=4")
            .flatMap(method -> Arrays.stream(Fault.values()).map(fault -> Arguments.of(fault, Method.parse(method))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("faults")
    void shouldGiveTheOthersTheirMean(Fault fault, Method method) throws Exception {
        FrameLayout layout = FrameLayout.of(method, DIMENSION, MTU);
        Reference reference = new Reference(method, DOWN, DIMENSION, MTU, Job.SEED);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream err = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (Job job = new Job(Job.Channel.IPC, SOUND + 1, method, DOWN,
                options -> options.deadline(DEADLINE).quorum(1).mtu(MTU).dimension(DIMENSION));
                RawMember raw = new RawMember(job, 0)) {
            raw.join(Protocol.VERSION, DIMENSION, MTU, SOUND, method.toString());
            for (int worker = 0; worker < SOUND; worker++) {
                job.join(worker, DIMENSION, options -> options.mtu(MTU));
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                float[] weights = new float[SOUND];
                List<Reference.Contribution> counted = new ArrayList<>();
                float inverse = fault == Fault.HEAVY ? 0x1p-127f : 1;
                for (int worker = 0; worker < SOUND; worker++) {
                    updates.add(Job.gaussian(DIMENSION, 10L * round + worker));
                    weights[worker] = 1 + worker;
                    counted.add(new Reference.Contribution(worker, updates.get(worker), weights[worker] * inverse));
                }
                float[] spoilt = Job.gaussian(DIMENSION, 10L * round + SOUND);
                for (int i = 0; i < DIMENSION; i++) {
                    spoilt[i] *= fault == Fault.HUGE ? 1e38f / 4 : fault == Fault.LARGE ? 1000 : 1;
                }
                float weight = switch (fault) {
                    case HEAVY -> 3e38f;
                    case HUGE -> 20; // of 30: the sum overflows
                    default -> 1;
                };
                if (fault.isCounted()) {
                    counted.add(new Reference.Contribution(SOUND, spoilt, weight * inverse));
                }
                send(raw, layout, spoilt, round, weight, fault);
                raw.awaitTaken(); // a member that was missing is waited for once it is heard of
                float[] expected = reference.mean(round, counted);
                FutureTask<List<Job.Exchanged>> others = new FutureTask<>(
                        () -> job.exchange(job.workers, updates, weights));
                Thread.ofPlatform().daemon().start(others);
                while (!others.isDone()) {
                    Job.await("the round's end, or a repetition", () -> {
                        raw.poll();
                        return others.isDone() || raw.isToRepeat;
                    });
                    if (raw.isToRepeat) {
                        raw.isToRepeat = false;
                        send(raw, layout, spoilt, round, weight, fault);
                    }
                }
                for (Job.Exchanged exchanged : others.get()) {
                    assertArrayEquals(expected, exchanged.mean());
                    boolean isAwaited = fault != Fault.NOTHING || round == 0;
                    assertEquals(fault.isCounted() || !isAwaited ? List.of() : List.of(SOUND),
                            exchanged.result().missing());
                }
                int reports = round + 1;
                Job.await("a report", () -> job.rounds.size() == reports);
            }
            for (RoundStatistics statistics : job.rounds) {
                boolean isLeftOut = fault.reason != null && statistics.leftOut()
                    .stream()
                    .anyMatch(one -> one.worker() == SOUND && one.reason() == fault.reason);
                boolean isNamed = fault.reason != null && (fault != Fault.STALE || statistics.round() > 0);
                assertTrue(isLeftOut || !isNamed || statistics.attempts() == 2, statistics.toString());
                // one deadline, and as long again for a busy machine
                assertTrue(statistics.collecting().compareTo(DEADLINE.multipliedBy(2)) < 0, statistics.toString());
            }
        } finally {
            System.setErr(err);
        }
        String text = log.toString(StandardCharsets.UTF_8);
        System.out.println(fault + ", " + method + ":\n" + text);
        long named = text.lines().filter(line -> line.contains("worker 4: ")).count();
        assertEquals(fault.reason == null ? 0 : 1, named, text);
        assertTrue(fault.isCounted() || text.lines().filter(line -> line.contains("missing")).count() == 1, text);
    }

    /** Sends its frames of one round. */
    private static void send(RawMember raw, FrameLayout layout, float[] update, long round, float weight, Fault fault) {
        if (fault == Fault.NOTHING) {
            return;
        }
        long named = fault == Fault.STALE ? Math.max(round - 1, 0) : round;
        for (int frame = 0; frame < layout.frameCount() && (fault != Fault.STALE || round > 0); frame++) {
            int length = raw.encode(layout, update, named, raw.index, frame);
            if (fault == Fault.NAN) {
                for (int i = 0; i + 4 <= length; i += 4) {
                    raw.scratch().set(ValueLayout.JAVA_FLOAT, i, Float.NaN);
                }
            }
            raw.send(raw.epoch, named, raw.index, layout.wireId(), frame, weight, length);
        }
    }

    @ParameterizedTest(name = "weights of {0}, {1}")
    @CsvSource({"1e-40,none", "1e-40,eden:bits=4", "1e38,none", "1e38,eden:bits=4"})
    void shouldApplyWeightsRelativeToTheirSum(float weight, String text) throws Exception {
        Method method = Method.parse(text);
        int scale = -Math.getExponent((double) weight);
        Reference reference = new Reference(method, DOWN, DIMENSION, MTU, Job.SEED);
        try (Job job = new Job(Job.Channel.IPC, 3, method, DOWN, options -> options.mtu(MTU))) {
            List<float[]> updates = new ArrayList<>();
            List<Reference.Contribution> counted = new ArrayList<>();
            float[] weights = {weight, 2.5f * weight, .75f * weight};
            for (int worker = 0; worker < weights.length; worker++) {
                job.join(worker, DIMENSION, options -> options.mtu(MTU));
                updates.add(Job.gaussian(DIMENSION, worker));
                counted.add(new Reference.Contribution(worker, updates.get(worker),
                        (float) Math.scalb((double) weights[worker], scale)));
            }
            float[] expected = reference.mean(0, counted);
            for (Job.Exchanged exchanged : job.exchange(job.workers, updates, weights)) {
                assertArrayEquals(expected, exchanged.mean());
                assertEquals(1, exchanged.result().attempts());
            }
        }
    }
}
