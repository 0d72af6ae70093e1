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
import org.eden4j.transport.media.MediaDriverHost;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The checks of {@code doctor}, in the order in which they are printed. */
final class MachineChecks {
    private static final int JDK = 25;
    /** Shared memory of one media driver for an aggregator and four workers, as in {@code demo}. */
    private static final long SHARED_MEMORY_MB = 62;
    /** The same over UDP, where each of the five has its own driver. */
    private static final long SHARED_MEMORY_UDP_MB = 166;
    /** Aeron's default receive window, which must fit a socket buffer. */
    private static final long SOCKET_BUFFER_BYTES = 128 << 10;

    private MachineChecks() {}

    static Map<String, Check.Look> all() {
        Map<String, Check.Look> looks = new LinkedHashMap<>();
        looks.put("jdk", MachineChecks::jdk);
        looks.put("simd", MachineChecks::simd);
        looks.put("sharedMemory", MachineChecks::sharedMemory);
        looks.put("receiveBuffer", () -> socketBuffer("receiveBuffer", "rmem_max"));
        looks.put("sendBuffer", () -> socketBuffer("sendBuffer", "wmem_max"));
        looks.put("udp", MachineChecks::udp);
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

    private static Check sharedMemory() throws IOException {
        Path directory = MediaDriverHost.parent();
        FileStore store = Files.getFileStore(directory);
        long freeMb = store.getUsableSpace() >> 20;
        boolean ok = freeMb >= SHARED_MEMORY_MB && Files.isWritable(directory);
        String detail = directory + " has " + freeMb + " MB free, an aggregator and four workers need "
                + SHARED_MEMORY_MB
                + " MB over IPC and " + SHARED_MEMORY_UDP_MB + " MB over UDP";
        return new Check("sharedMemory", ok,
                ok ? detail : detail
                        + ": mount it larger (docker run --shm-size=1g) or set another directory with EDEN4J_OPTS=-Daeron.dir=DIR");
    }

    private static Check socketBuffer(String name, String key) throws IOException {
        Path file = Path.of("/proc/sys/net/core", key);
        if (!Files.isReadable(file)) {
            return new Check(name, true, file + " does not exist on this system, which has its own limit");
        }
        long bytes = number(file);
        boolean ok = bytes >= SOCKET_BUFFER_BYTES;
        String detail = "net.core." + key + " is " + (bytes >> 10) + " KiB";
        return new Check(name, ok, ok
                ? detail
                : detail + ", at least " + (SOCKET_BUFFER_BYTES >> 10) + " KiB are needed: sysctl -w net.core." + key
                        + "=2097152");
    }

    /**
     * Reads the file in one call: the kernel answers only the first read of such a file, and {@code Files.readString}
     * starts with one byte.
     */
    private static long number(Path file) throws IOException {
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
