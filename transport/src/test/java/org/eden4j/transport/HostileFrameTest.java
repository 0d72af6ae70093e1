package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames that are late, duplicate, stale, foreign, cut or random are counted and never applied. */
@Timeout(60)
class HostileFrameTest {
    private static final int DIMENSION = 100_000;
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWN = Method.parse("eden:bits=8");
    private static final int MTU = FrameLayout.LARGEST_MTU;

    private final FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, MTU);
    private final Reference reference = new Reference(METHOD, DOWN, DIMENSION, MTU, Job.SEED);
    private final float[] good = Job.gaussian(DIMENSION, 1);
    private final float[] bad = Job.gaussian(DIMENSION, 2);

    private Job job(int workers) {
        return new Job(Job.Channel.IPC, workers, METHOD, DOWN,
                options -> options.deadline(Duration.ofMillis(1500)).dimension(DIMENSION).quorum(1));
    }

    private float[] meanOf(long round, float[] update, float weight, int worker) {
        return reference.mean(round, List.of(new Reference.Contribution(worker, update, weight)));
    }

    @Test
    void shouldCountAndDropWhatAMemberShouldNotHaveSent() throws Exception {
        try (Job job = job(2); RawMember raw = new RawMember(job, 0)) {
            raw.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION);
            assertTrue(layout.frameCount() >= 2, "several frames");
            int epoch = raw.epoch;
            int wireId = METHOD.wireId();
            raw.update(layout, bad, epoch + 1, 0, 1, 0, 1);
            raw.update(layout, bad, epoch, 0, 0, 0, 1);
            int length = raw.encode(layout, bad, 0, 1, 0);
            raw.send(epoch, 0, 1, wireId + 1, 0, 1, length);
            raw.send(epoch, 0, 1, wireId, 0, 1, length - 1);
            raw.send(epoch, 0, 1, wireId, 0, 1, 0);
            raw.send(epoch, 0, 1, wireId, layout.frameCount(), 1, length);
            raw.send(epoch, 0, 1, wireId, -1, 1, length);
            raw.send(epoch, 0, 1, wireId, 0, Float.NaN, length);
            raw.send(epoch, 0, 1, wireId, 0, Float.POSITIVE_INFINITY, length);
            raw.send(epoch, 0, 1, wireId, 0, -1, length);
            raw.send(epoch, 5, 1, wireId, 0, 1, length);
            Job.Exchanged exchanged = Job.exchange(worker, good, 2);
            assertArrayEquals(meanOf(0, good, 2, 0), exchanged.mean());
            assertEquals(List.of(1), exchanged.result().missing());
            Job.await("a report", () -> job.rounds.size() == 1);
            RoundStatistics statistics = job.rounds.getFirst();
            assertEquals(1, statistics.stale());
            assertEquals(1, statistics.foreign());
            assertEquals(9, statistics.rejected());
            assertEquals(0, statistics.late() + statistics.duplicate());
            assertEquals(List.of(0), statistics.contributors());
        }
    }

    @Test
    void shouldCountDuplicatesAndLateFrames() throws Exception {
        try (Job job = job(2); RawMember raw = new RawMember(job, 0)) {
            raw.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION);
            Future<Job.Exchanged> exchange = job.submit(() -> Job.exchange(worker, good, 2));
            raw.update(layout, bad, raw.epoch, 0, 1, 0, 1);
            raw.update(layout, good, raw.epoch, 0, 1, 0, 1);
            raw.update(layout, good, raw.epoch, 0, 1, 1, 7);
            for (int frame = 1; frame < layout.frameCount(); frame++) {
                raw.update(layout, bad, raw.epoch, 0, 1, frame, 1);
            }
            float[] expected = reference.mean(0,
                    List.of(new Reference.Contribution(0, good, 2), new Reference.Contribution(1, bad, 1)));
            assertArrayEquals(expected, exchange.get().mean());
            raw.update(layout, good, raw.epoch, 0, 1, 0, 1);
            raw.update(layout, good, raw.epoch, 0, 1, 1, 1);
            assertArrayEquals(meanOf(1, good, 2, 0), Job.exchange(worker, good, 2).mean());
            Job.await("two reports", () -> job.rounds.size() == 2);
            assertEquals(1, job.rounds.get(0).duplicate());
            assertEquals(1, job.rounds.get(0).rejected(), "another weight than the round's first frame");
            assertEquals(2, job.rounds.get(0).late() + job.rounds.get(1).late());
        }
    }

    @Test
    void shouldLeaveOutFramesThatNoEncoderMade() throws Exception {
        try (Job job = job(2); RawMember raw = new RawMember(job, 0)) {
            raw.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION);
            for (int frame = 0; frame < layout.frameCount(); frame++) {
                int length = raw.encode(layout, bad, 0, 1, frame);
                raw.scratch().fill((byte) 0xFF);
                for (int i = 0; i + 4 <= length; i += 4) {
                    raw.scratch().set(ValueLayout.JAVA_FLOAT, i, Float.NaN);
                }
                raw.send(raw.epoch, 0, 1, METHOD.wireId(), frame, 1, length);
            }
            Job.Exchanged exchanged = Job.exchange(worker, good, 2);
            assertArrayEquals(meanOf(0, good, 2, 0), exchanged.mean());
            assertEquals(List.of(1), exchanged.result().missing());
            Job.await("a report", () -> job.rounds.size() == 1);
            assertEquals(layout.frameCount(), job.rounds.getFirst().rejected());
            assertEquals(Map.of(), job.rounds.getFirst().partial(), "nothing of it was counted");
        }
    }

    @Test
    void shouldSurviveRandomBytesFromMembersAndStrangers() throws Exception {
        long seed = 20_261_122;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int count = 20_000;
        try (Job job = job(2);
                RawMember member = new RawMember(job, 0);
                RawMember stranger = new RawMember(job, 1)) {
            member.join(Protocol.VERSION, DIMENSION, MTU, 1, METHOD.toString());
            Worker worker = job.join(0, DIMENSION);
            long headerLike = 0;
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[random.nextInt(400)];
                random.nextBytes(bytes);
                if (bytes.length >= 8 && random.nextBoolean()) {
                    headerLike++;
                    plausible(bytes, random);
                }
                (random.nextBoolean() ? member : stranger).send(bytes);
            }
            assertTrue(headerLike > count / 4);
            float[] mean = Job.exchange(worker, good, 2).mean();
            assertArrayEquals(meanOf(0, good, 2, 0), mean);
            Job.await("a report", () -> job.rounds.size() == 1);
            RoundStatistics statistics = job.rounds.getFirst();
            long dropped = statistics.foreign() + statistics.rejected() + statistics.stale() + statistics.late();
            System.out.println(statistics);
            assertTrue(dropped > count * 0.99, dropped + " of " + count);
        }
    }

    /** Writes a header of this schema over random bytes, as a wrong length field would make it. */
    private static void plausible(byte[] bytes, Random random) {
        int[] templates = {1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 20, 22, 26, 28};
        int[] blocks = {0, 4, 8, 12, 16, 20, 24, 32, 48, random.nextInt(0xFFFF)};
        short[] header = {(short) blocks[random.nextInt(blocks.length)],
                (short) templates[random.nextInt(templates.length)], (short) MessageHeaderDecoder.SCHEMA_ID,
                (short) MessageHeaderDecoder.SCHEMA_VERSION};
        for (int i = 0; i < header.length; i++) {
            bytes[2 * i] = (byte) header[i];
            bytes[2 * i + 1] = (byte) (header[i] >> 8);
        }
    }
}
