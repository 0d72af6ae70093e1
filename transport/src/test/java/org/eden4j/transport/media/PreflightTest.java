package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Flaws of a host are reported in one sentence before the job starts. */
@Timeout(60)
class PreflightTest {
    private static final Method METHOD = Method.parse("drive");

    private static String messageOf(Runnable attempt) {
        return assertThrows(TransportException.class, attempt::run).getMessage();
    }

    @Test
    void shouldRefuseAddressesOfANetworkUnlessToldOtherwise() {
        String reason = messageOf(() -> Aggregator.builder(JobAddress.udp("0.0.0.0", 0), 1, METHOD).start());
        assertTrue(reason.contains("udp:0.0.0.0:0 is not on the loopback interface"), reason);
        assertEquals(reason.replace("0.0.0.0:0", "192.0.2.1:7400"),
                messageOf(() -> Worker.builder(JobAddress.udp("192.0.2.1", 7400), 5, METHOD).join()));
        try (Aggregator aggregator = Aggregator.builder(JobAddress.udp("0.0.0.0", 0), 1, METHOD).insecure().start()) {
            assertTrue(aggregator.address().toString().startsWith("udp:0.0.0.0:"), aggregator.address().toString());
        }
    }

    @Test
    void shouldNameThePortInUse() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            String message = messageOf(
                    () -> Aggregator.builder(JobAddress.udp("127.0.0.1", port), 1, METHOD).start());
            assertEquals("cannot listen on 127.0.0.1:" + port + ": Address already in use"
                    + "; stop the process that uses the port, or choose another", message);
        }
    }

    @Test
    void shouldNameTheHostThatIsNone() {
        assertEquals("host 'no.such.host.invalid' has no address",
                messageOf(() -> Worker.builder(JobAddress.udp("no.such.host.invalid", 7400), 5, METHOD).join()));
    }

    @Test
    void shouldSayHowMuchSpaceADriverNeeds() {
        int workers = 10_000_000;
        String message = messageOf(() -> MediaDriverHost.launch(workers));
        assertTrue(message.matches(
                "\\S+ has \\d+ MB free, the embedded media driver needs 120000014 MB: mount it larger or set aeron.dir"),
                message);
        assertEquals(
                "/dev/shm has 64 MB free, the embedded media driver needs 120 MB: mount it larger or set aeron.dir",
                messageOf(() -> DriverSpace.check(Path.of("/dev/shm"), 64 << 20, 120 << 20)));
    }

    @Test
    void shouldReallyNeedNoMoreSpaceThanItChecks() throws Exception {
        try (MediaDriverHost driver = MediaDriverHost.launch(1)) {
            try (var files = Files.walk(driver.directory())) {
                long bytes = files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
                assertTrue(bytes <= DriverSpace.IDLE_DRIVER_BYTES, "an idle driver takes " + bytes + " bytes");
            }
        }
    }

    @Test
    void shouldDeleteItsDirectory() {
        MediaDriverHost driver = MediaDriverHost.launch(1);
        Path directory = driver.directory();
        assertTrue(Files.isDirectory(directory));
        driver.close();
        assertFalse(Files.exists(directory));
    }

    @Test
    void shouldSayThatNoDriverRuns(@TempDir Path directory) {
        JobAddress address = JobAddress.ipc(directory, 1);
        assertEquals("no media driver runs in " + directory
                + " after 200 ms: start one first (MediaDriverHost), or correct the directory",
                messageOf(() -> Worker.builder(address, 5, METHOD).joinTimeout(Duration.ofMillis(200)).join()));
    }

    @Test
    void shouldNameTheSysctlWhereSocketBuffersAreSmall() {
        SocketBuffers stock = new SocketBuffers(212_992, 212_992);
        assertEquals(212_992 / 3, stock.window(3, new LinkLengths(1, 65504), true));
        assertEquals(128 << 10, new SocketBuffers(4 << 20, 4 << 20).window(4, new LinkLengths(1, 1408), false));
        assertEquals(65_536, new SocketBuffers(4 << 20, 4 << 20).window(64, new LinkLengths(1, 1408), false));
        assertEquals(
                "the socket's receive buffer holds 212992 bytes, 4 workers at MTU 65504 need 262016: raise it with "
                        + "sysctl -w net.core.rmem_max=262016, or set a smaller mtu on every member",
                messageOf(() -> stock.window(4, new LinkLengths(1, 65504), true)));
        assertEquals("the socket's send buffer holds 1024 bytes, MTU 1408 needs as many: raise it with "
                + "sysctl -w net.core.wmem_max=1408, or set a smaller mtu on every member",
                messageOf(() -> new SocketBuffers(212_992, 1024).window(1, new LinkLengths(1, 1408), false)));
        assertEquals(65504, new SocketBuffers(4 << 20, 4 << 20).loopbackMtu());
        int small = stock.loopbackMtu();
        assertTrue(16 * small <= 212_992 && small % 32 == 0 && small >= 8000, "MTU " + small);
        FrameLayout.checkMtu(small);
    }

    @Test
    void shouldShortenLogsAndWindowsWithTheNumberOfShards() {
        assertEquals(2 << 20, new LinkLengths(1, 1408).term());
        assertEquals(2 << 20, new LinkLengths(1, 65504).term());
        assertEquals(1 << 20, new LinkLengths(3, 1408).term());
        assertEquals(512 << 10, new LinkLengths(4, 65504).term());
        assertEquals(512 << 10, new LinkLengths(16, 65504).term());
        assertEquals(256 << 10, new LinkLengths(16, 1408).term());
        assertEquals(128 << 10, new LinkLengths(1, 1408).largestWindow(false));
        assertEquals(128 << 10, new LinkLengths(2, 1408).largestWindow(false));
        assertEquals(64 << 10, new LinkLengths(4, 1408).largestWindow(false));
        assertEquals(16 << 10, new LinkLengths(100, 1408).largestWindow(false));
        assertEquals(65504, new LinkLengths(100, 65504).largestWindow(false));
        for (int shards = 1; shards <= 255; shards++) {
            for (int mtu : new int[]{1024, 1408, 8192, 65504}) {
                LinkLengths lengths = new LinkLengths(shards, mtu);
                assertEquals(1, Integer.bitCount(lengths.term()));
                assertTrue(lengths.term() >= 8 * mtu && lengths.largestWindow(false) <= lengths.term() / 2);
            }
        }
        assertEquals(DriverSpace.IDLE_DRIVER_BYTES + 96 * (768 << 10),
                DriverSpace.needed(96, new LinkLengths(16, 1408)));
    }

    @Test
    void shouldRefuseMoreWorkersThanTheSocketHolds() {
        String message = messageOf(
                () -> Aggregator.builder(JobAddress.udp("127.0.0.1", 0), 2048, METHOD).mtu(65504).start());
        assertTrue(message.contains("2048 workers at MTU 65504 need 134152192: raise it with sysctl"), message);
    }

    @Test
    void shouldTakeTheTermThatAMemberAsksForAndCheckIt() {
        assertEquals(8 << 20, new LinkLengths(4, 1408, 8 << 20).term());
        assertEquals(3L * (8 << 20), new LinkLengths(4, 1408, 8 << 20).log());
        LinkLengths.checkTerm(2 << 20);
        LinkLengths.checkTerm(256 << 20);
        for (int wrong : new int[]{0, -1, 1 << 20, 3 << 20, 512 << 20}) {
            assertEquals("the bytes of a term must be a power of two from 2097152 to 268435456, got " + wrong,
                    assertThrows(IllegalArgumentException.class, () -> LinkLengths.checkTerm(wrong)).getMessage());
        }
    }
}
