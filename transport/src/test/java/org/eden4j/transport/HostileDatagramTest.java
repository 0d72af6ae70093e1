package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.AeronCounters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.media.Channels;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sends datagrams to the UDP ports directly, where Aeron's driver reads them first: random bytes, headers of every kind
 * with random fields, and streams that begin correctly and continue with frames of impossible lengths, or in a member's
 * name. The aggregator's and the worker's port get half of them each, between and during rounds.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class HostileDatagramTest {
    private static final int MTU = HostileFloodTest.MTU;
    private static final int DIMENSION = HostileFloodTest.DIMENSION;
    private static final int BATCH = 200;
    private static final int TERM_ID = 7;
    private static final int HEADER = 32;
    private static final int SETUP_LENGTH = 40;
    private static final int[] TYPES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0x7FFF};
    private static final int DATA = 1;
    private static final int SETUP = 5;
    private static final Pattern PORT = Pattern.compile("rcv-local-sockaddr: \\d+ 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern SESSION = Pattern.compile("rcv-pos: \\d+ (-?\\d+) \\d+ .*");

    private final Random random = new Random(HostileFloodTest.SEED);
    private final Reference reference = new Reference(HostileFloodTest.METHOD, HostileFloodTest.DOWN, DIMENSION, MTU,
            Job.SEED);
    private final float[] good = Job.gaussian(DIMENSION, 1);
    private List<Integer> sessions = List.of();

    /** A port bound by a media driver of this process, and that driver's counter of rejected datagrams. */
    private static final class Target implements AutoCloseable {
        final InetSocketAddress address;
        final int stream;
        private final DriverFiles.Mapped counters;
        private final DatagramChannel socket;
        private long invalid;

        Target(Path driver, int port, int stream) throws Exception {
            address = new InetSocketAddress("127.0.0.1", port);
            this.stream = stream;
            counters = new DriverFiles.Mapped(driver);
            socket = DatagramChannel.open();
            invalid = counted();
        }

        private long counted() {
            return counters.reader.getCounterValue(AeronCounters.SYSTEM_COUNTER_ID_INVALID_PACKETS);
        }

        void send(byte[] datagram) throws IOException {
            socket.send(ByteBuffer.wrap(datagram), address);
        }

        void sendInvalid(byte[] datagram) throws IOException {
            invalid++;
            send(datagram);
        }

        /** Ends a batch with a datagram that is counted, and waits until all have been: a socket's buffer holds one batch. */
        void settle() throws Exception {
            sendInvalid(new byte[1]);
            Job.await("all datagrams seen: " + invalid, () -> counted() >= invalid);
            assertEquals(invalid, counted());
        }

        @Override
        public void close() throws IOException {
            socket.close();
            counters.close();
        }
    }

    @Tag("thorough")
    @Test
    void shouldGoOnAsIfNothingHadCome() throws Exception {
        try (Job job = HostileFloodTest.job(Job.Channel.UDP)) {
            Worker first = job.join(0, DIMENSION, options -> options.mtu(MTU));
            job.join(1, DIMENSION, options -> options.mtu(MTU)).close();
            exchange(first, 0);
            sessions = DriverFiles.counters()
                .stream()
                .map(shown -> SESSION.matcher(shown.label()))
                .filter(Matcher::matches)
                .map(label -> Integer.parseInt(label.group(1)))
                .toList();
            Footprint before = Footprint.now();
            List<Target> targets = targets(job);
            assertEquals(2, targets.size());
            for (int round = 1; round <= HostileFloodTest.ROUNDS; round++) {
                int number = round;
                var exchange = job.submit(() -> exchange(first, number));
                for (int i = 0; i < HostileFloodTest.FRAMES / HostileFloodTest.ROUNDS; i += BATCH) {
                    Target target = targets.get(random.nextInt(targets.size()));
                    flood(target);
                    target.settle();
                }
                exchange.get(10, TimeUnit.MINUTES);
            }
            exchange(first, HostileFloodTest.ROUNDS + 1);
            // 16 other streams and the members' at a time on each port; a dead stream is kept for as long as a live one
            long images = 2 * 3 * (16 + 3 * 2);
            Footprint.after(before).assertBounded(before, images * (3L * Channels.TERM_LENGTH + 8192));
            for (Target target : targets) {
                target.close();
            }
        }
    }

    private RoundResult exchange(Worker worker, int round) {
        Job.Exchanged exchanged = Job.exchange(worker, good, 1);
        assertEquals(round, exchanged.result().round());
        assertArrayEquals(reference.mean(round, List.of(new Reference.Contribution(0, good, 1))), exchanged.mean());
        return exchanged.result();
    }

    private static List<Target> targets(Job job) throws Exception {
        int aggregator = ((JobAddress.Udp) job.aggregator.address()).port();
        List<Target> targets = new ArrayList<>();
        for (DriverFiles.Shown shown : DriverFiles.counters()) {
            Matcher label = PORT.matcher(shown.label());
            if (label.matches()) {
                int port = Integer.parseInt(label.group(1));
                targets.add(new Target(shown.driver(), port,
                        port == aggregator ? Protocol.UPLINK_STREAM : Protocol.DOWNLINK_STREAM));
            }
        }
        return targets;
    }

    private void flood(Target target) throws Exception {
        int stranger = random.nextInt();
        for (int i = 0; i < BATCH; i++) {
            switch (random.nextInt(5)) {
                case 0 -> target.sendInvalid(noise());
                case 1 -> target.sendInvalid(header(target.stream));
                case 2 -> target.send(setup(target.stream, stranger, Channels.TERM_LENGTH, 0, MTU));
                case 3 -> target.sendInvalid(badSetup(target.stream, stranger));
                default -> data(target, stranger);
            }
        }
    }

    /** Returns random bytes of a version other than Aeron's. */
    private byte[] noise() {
        byte[] bytes = new byte[random.nextInt(MTU)];
        random.nextBytes(bytes);
        if (bytes.length > 4) {
            bytes[4] |= 1;
        }
        return bytes;
    }

    /** Returns a header of any kind over random fields, possibly cut. */
    private byte[] header(int stream) {
        byte[] bytes = new byte[8 + random.nextInt(120)];
        random.nextBytes(bytes);
        ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // a length that no datagram has, whatever its kind
        frame.putInt(0,
                random.nextBoolean() ? -1 - random.nextInt(1 << 30) : Channels.TERM_LENGTH + random.nextInt(99));
        frame.put(4, (byte) 0).putShort(6, (short) TYPES[random.nextInt(TYPES.length)]);
        if (bytes.length >= 20 && random.nextBoolean()) {
            frame.putInt(16, stream);
        }
        return bytes;
    }

    /** Returns the setup frame of another stream, as Aeron sends it. */
    private static byte[] setup(int stream, int session, int termLength, int offset, int mtu) {
        ByteBuffer frame = ByteBuffer.allocate(SETUP_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0, SETUP_LENGTH).putShort(6, (short) SETUP);
        frame.putInt(8, offset).putInt(12, session).putInt(16, stream).putInt(20, TERM_ID).putInt(24, TERM_ID);
        frame.putInt(28, termLength).putInt(32, mtu);
        return frame.array();
    }

    private byte[] badSetup(int stream, int session) {
        return switch (random.nextInt(4)) {
            case 0 -> setup(stream, session, random.nextBoolean() ? 1 << 30 : random.nextInt(), 0, MTU);
            case 1 -> setup(stream, session, Channels.TERM_LENGTH, -32 - random.nextInt(1 << 30), MTU);
            case 2 -> setup(stream, session, Channels.TERM_LENGTH, 0, random.nextBoolean() ? 0 : 1 << 20);
            default -> java.util.Arrays.copyOf(setup(stream, session, Channels.TERM_LENGTH, 0, MTU), SETUP_LENGTH - 4);
        };
    }

    /**
     * Sends frames of that stream: valid ones over random bytes, ones of impossible lengths, or the second in a
     * member's name.
     */
    private void data(Target target, int session) throws Exception {
        int second = HEADER + 32 * (1 + random.nextInt(4));
        byte[] bytes = new byte[second + HEADER + 64];
        random.nextBytes(bytes);
        int rest = bytes.length - second;
        int offset = 32 * random.nextInt(40);
        frame(bytes, 0, offset, second, target.stream, session);
        frame(bytes, second, offset + second, rest, target.stream, session);
        ByteBuffer datagram = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int[] lengths = {1, HEADER - 1, -1, Channels.TERM_LENGTH, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 20};
        int at = random.nextBoolean() ? 0 : second;
        switch (random.nextInt(6)) {
            case 0 -> target.send(bytes);
            case 1 -> target.sendInvalid(spoiled(datagram, at, lengths[random.nextInt(lengths.length)]));
            case 2 -> target.sendInvalid(spoiled(datagram, second + 12, sessions.get(random.nextInt(sessions.size()))));
            case 3 -> target.sendInvalid(spoiled(datagram, at + 8, offset + at + 16));
            case 4 -> target.sendInvalid(spoiled(datagram, 8, Channels.TERM_LENGTH - 32));
            default -> target.sendInvalid(java.util.Arrays.copyOf(bytes, bytes.length - 1 - random.nextInt(rest - 1)));
        }
    }

    private static byte[] spoiled(ByteBuffer datagram, int at, int value) {
        return datagram.putInt(at, value).array();
    }

    private static void frame(byte[] bytes, int at, int offset, int length, int stream, int session) {
        ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(at, length).put(at + 4, (byte) 0).put(at + 5, (byte) 0xC0).putShort(at + 6, (short) DATA);
        frame.putInt(at + 8, offset).putInt(at + 12, session).putInt(at + 16, stream).putInt(at + 20, TERM_ID);
    }
}
