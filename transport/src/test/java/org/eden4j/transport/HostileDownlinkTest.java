package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.sbe.FailureEncoder;
import org.eden4j.transport.sbe.GoodbyeEncoder;
import org.eden4j.transport.sbe.MeanEncoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.RoundEndEncoder;
import org.eden4j.transport.sbe.WelcomeEncoder;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A hostile peer that knows the job's epoch publishes to a worker's own port: means, ends of rounds, failures,
 * farewells, cut frames, random bytes. The worker drops and counts them all.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class HostileDownlinkTest {
    private static final int MTU = HostileFloodTest.MTU;
    private static final int DIMENSION = HostileFloodTest.DIMENSION;
    /** Label of a publication's counter: its stream and channel. */
    private static final Pattern LABEL = Pattern.compile(".*: \\d+ -?\\d+ (\\d+) (aeron:\\S+).*");

    private final Random random = new Random(HostileFloodTest.SEED);
    private final HostileFrames hostile = new HostileFrames(random);
    private final FrameLayout down = FrameLayout.of(HostileFloodTest.DOWN, DIMENSION, MTU);
    private final Reference reference = new Reference(HostileFloodTest.METHOD, HostileFloodTest.DOWN, DIMENSION, MTU,
            Job.SEED);
    private final float[] good = Job.gaussian(DIMENSION, 1);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);

    @ParameterizedTest
    @EnumSource
    void shouldAcceptNothingFromAStrangerAndCountAll(Job.Channel channel) throws Exception {
        try (Job job = HostileFloodTest.job(channel)) {
            Worker worker = job.join(0, DIMENSION, options -> options.mtu(MTU));
            String way = publicationTo(channel);
            int epoch;
            try (RawMember spy = new RawMember(job, 0, MTU)) {
                spy.join(Protocol.VERSION, DIMENSION, MTU, 1, HostileFloodTest.METHOD.toString());
                epoch = spy.epoch;
                Job.await("room for a farewell", () -> spy.uplink.leave(spy.epoch, 1, ""));
            }
            Connection connection = Connection.forWorker(job.aggregator.address(), new LinkLengths(1, MTU),
                    java.time.Duration.ofSeconds(20),
                    InjectedLoss.NONE);
            try {
                Matcher label = LABEL.matcher(way);
                assertEquals(true, label.matches(), way);
                Aeron aeron = connection.aeron();
                ExclusivePublication publication = aeron.addExclusivePublication(label.group(2),
                        Integer.parseInt(label.group(1)));
                Job.await("a link to the worker", publication::isConnected);
                flood(job, worker, epoch, publication);
            } finally {
                CloseHelper.close(connection);
            }
        }
    }

    private void flood(Job job, Worker worker, int epoch, ExclusivePublication publication) throws Exception {
        Footprint before = Footprint.now();
        long dropped = 0;
        int round = 0;
        for (; round < HostileFloodTest.ROUNDS; round++) {
            for (int i = 0; i < HostileFloodTest.FRAMES / HostileFloodTest.ROUNDS; i++) {
                send(publication, frame(epoch, round));
            }
            dropped += exchange(worker, round).dropped();
        }
        long sent = (long) HostileFloodTest.FRAMES / HostileFloodTest.ROUNDS * HostileFloodTest.ROUNDS;
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (dropped < sent && System.nanoTime() < endNs) {
            dropped += exchange(worker, round++).dropped();
        }
        assertEquals(sent, dropped);
        Footprint.after(before).assertBounded(before, 0);
        int rounds = round;
        Job.await("reports", () -> job.rounds.size() == rounds);
    }

    private RoundResult exchange(Worker worker, int round) {
        Job.Exchanged exchanged = Job.exchange(worker, good, 1);
        assertEquals(round, exchanged.result().round());
        assertArrayEquals(reference.mean(round, List.of(new Reference.Contribution(0, good, 1))), exchanged.mean());
        return exchanged.result();
    }

    /** Returns the only publication of this process to a worker. */
    private static String publicationTo(Job.Channel channel) {
        String[] found = new String[1];
        Job.await("the aggregator's publication", () -> {
            List<String> labels = DriverFiles.publications().stream().filter(label -> {
                Matcher matcher = LABEL.matcher(label);
                return matcher.matches() && (channel == Job.Channel.UDP
                        ? Integer.parseInt(matcher.group(1)) == Protocol.DOWNLINK_STREAM
                        : Integer.parseInt(matcher.group(1)) >= Protocol.IPC_DOWNLINK_BIT);
            }).toList();
            found[0] = labels.size() == 1 ? labels.getFirst() : null;
            return found[0] != null;
        });
        return found[0];
    }

    private static void send(ExclusivePublication publication, byte[] bytes) {
        UnsafeBuffer message = new UnsafeBuffer(bytes);
        Job.await("room for bytes", () -> publication.offer(message, 0, bytes.length) > 0);
    }

    private byte[] frame(int epoch, int round) {
        long named = Integer.toUnsignedLong(epoch);
        return switch (random.nextInt(9)) {
            case 0, 1 -> mean(named, round);
            case 2 -> hostile.truncated(mean(named, round));
            case 3 -> bytes(new RoundEndEncoder().wrapAndApplyHeader(buffer, 0, header)
                .epoch(named)
                .round(round)
                .expectedError(-1)
                .putMembers(new byte[]{1}, 0, 1)
                .putContributors(new byte[]{1}, 0, 1)
                .limit());
            case 4 -> bytes(new FailureEncoder().wrapAndApplyHeader(buffer, 0, header)
                .epoch(named)
                .round(round)
                .code((short) 4)
                .reason("a lie")
                .limit());
            case 5 -> bytes(new GoodbyeEncoder().wrapAndApplyHeader(buffer, 0, header).epoch(named).worker(0).limit());
            case 6 -> bytes(new WelcomeEncoder().wrapAndApplyHeader(buffer, 0, header)
                .token(random.nextLong())
                .jobSeed(1)
                .deadlineNs(random.nextLong())
                .epoch(named)
                .index(random.nextInt(0x10000))
                .workers(random.nextInt(0x10000))
                .downlinkText("none")
                .limit());
            case 7 -> hostile.noise(1200);
            default -> hostile.plausible(1200);
        };
    }

    /** Returns a frame of a mean like the expected one, with other numbers. */
    private byte[] mean(long epoch, int round) {
        int frame = random.nextInt(down.frameCount());
        int length = new MeanEncoder().wrapAndApplyHeader(buffer, 0, header)
            .epoch(epoch)
            .round(round + random.nextInt(3))
            .worker(0xFFFF)
            .method((short) down.wireId())
            .shard((short) 0)
            .frame(frame)
            .weight(1)
            .limit();
        byte[] payload = new byte[down.maxPayloadBytes(frame)];
        random.nextBytes(payload);
        buffer.putBytes(length, payload);
        return bytes(length + payload.length);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }
}
