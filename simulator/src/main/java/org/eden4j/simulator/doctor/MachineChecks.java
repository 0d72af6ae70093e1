package org.eden4j.simulator.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eden4j.compressor.Simd;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.output.Manifest;
import org.eden4j.transport.media.HostNeeds;
import org.eden4j.transport.media.MediaDriverHost;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The checks of {@code doctor}, in the order in which they are printed. */
final class MachineChecks {
    private static final int JDK = 25;
    private static final String NETWORK = "/proc/sys/net/core";
    /** Aeron's default receive window, which must fit a socket buffer. */
    private static final long SOCKET_BUFFER_BYTES = 128 << 10;

    private MachineChecks() {}

    /**
     * @param needs of the job that this machine is to run, or a part of which
     * @param peers whether its workers host the shards
     */
    static Map<String, Check.Look> all(HostNeeds needs, boolean peers) {
        Map<String, Check.Look> looks = new LinkedHashMap<>();
        looks.put("jdk", MachineChecks::jdk);
        looks.put("simd", MachineChecks::simd);
        looks.put("sharedMemory", () -> sharedMemory(needs, peers));
        looks.put("receiveBuffer", () -> receiveBuffer(needs));
        looks.put("sendBuffer", () -> socketBuffer("sendBuffer", "wmem_max", SOCKET_BUFFER_BYTES));
        looks.put("udp", MachineChecks::udp);
        looks.put("links", () -> Link.check(Link.all(), needs));
        looks.put("data", MachineChecks::data);
        looks.put("nd4j", MachineChecks::nd4j);
        return looks;
    }

    private static Check jdk() {
        boolean ok = Runtime.version().feature() >= JDK;
        String detail = System.getProperty("java.vm.name") + " " + Runtime.version() + " in "
                + System.getProperty("java.home");
        return new Check("jdk", ok, ok ? detail : detail + ": JDK " + JDK + " or newer is needed");
    }

    private static Check simd() {
        int width = Simd.widthBits();
        return new Check("simd", width > 0, width > 0
                ? width + "-bit vectors on " + Manifest.cpu()
                : "off, scalar kernels in use: start with --add-modules jdk.incubator.vector, as ./eden does");
    }

    private static Check sharedMemory(HostNeeds needs, boolean peers) throws IOException {
        Path directory = MediaDriverHost.parent();
        FileStore store = Files.getFileStore(directory);
        long freeBytes = store.getUsableSpace();
        boolean ok = freeBytes >= (peers ? needs.peerBytes() : needs.ipcBytes()) && Files.isWritable(directory);
        String detail = directory + " has " + (freeBytes >> 20) + " MB free; a job of " + needs.workers() + " workers "
                + (peers ? "each with a shard needs " + megabytes(needs.peerBytes()) + " on each host"
                        : "and " + needs.shards() + (needs.shards() == 1 ? " aggregator needs " : " aggregators needs ")
                                + megabytes(needs.ipcBytes()) + " over IPC, and over UDP "
                                + megabytes(needs.aggregatorBytes()) + " for an aggregator and "
                                + megabytes(needs.workerBytes()) + " for a worker");
        return new Check("sharedMemory", ok,
                ok ? detail : detail
                        + ": mount it larger (docker run --shm-size=1g) or set another directory with EDEN4J_OPTS=-Daeron.dir=DIR");
    }

    private static String megabytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MB";
    }

    /** An aggregator's, into which all workers send. */
    private static Check receiveBuffer(HostNeeds needs) throws IOException {
        String key = "rmem_max";
        Check check = socketBuffer("receiveBuffer", key, Math.max(SOCKET_BUFFER_BYTES, needs.leastReceiveBytes()));
        Path file = Path.of(NETWORK, key);
        long full = (long) needs.workers() * needs.largestWindowBytes();
        if (!check.ok() || !Files.isReadable(file) || number(file) >= full) {
            return check;
        }
        return new Check(check.name(), true, check.detail() + ", a worker may send "
                + ((number(file) / needs.workers()) >> 10) + " KiB ahead: sysctl -w net.core." + key + "=" + full
                + " makes that " + (needs.largestWindowBytes() >> 10));
    }

    private static Check socketBuffer(String name, String key, long least) throws IOException {
        Path file = Path.of(NETWORK, key);
        if (!Files.isReadable(file)) {
            return new Check(name, true, file + " does not exist on this system, which has its own limit");
        }
        long bytes = number(file);
        boolean ok = bytes >= least;
        String detail = "net.core." + key + " is " + (bytes >> 10) + " KiB";
        return new Check(name, ok, ok
                ? detail
                : detail + ", at least " + ((least + 1023) >> 10) + " KiB are needed: sysctl -w net.core." + key + "="
                        + Math.max(least, 2 << 20));
    }

    /**
     * Reads the file in one call: the kernel answers only the first read of such a file, and {@code Files.readString}
     * starts with one byte.
     */
    static long number(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = new byte[64];
            int length = Math.max(0, in.read(text));
            return Long.parseLong(new String(text, 0, length, StandardCharsets.US_ASCII).trim());
        }
    }

    private static Check udp() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return new Check("udp", true, "bound " + socket.getLocalSocketAddress());
        }
    }

    private static Check data() throws IOException {
        FashionMnist images = FashionMnist.embedded();
        return new Check("data", true, "embedded Fashion-MNIST: " + images.train().size() + " training images, "
                + images.test().size() + " test images");
    }

    private static Check nd4j() {
        INDArray ones = Nd4j.ones(2, 3);
        boolean ok = ones.sumNumber().intValue() == 6;
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        return new Check("nd4j", ok, ok ? backend + " computes" : backend + " sums six ones to " + ones.sumNumber());
    }
}
