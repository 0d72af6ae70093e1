package org.eden4j.simulator.process;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.media.MediaDriverHost;

/**
 * The meeting point of a job: ports of the loopback interface, or the directory of a media driver, which is deleted with the
 * meeting.
 *
 * @param shards what the aggregators are given, in the order of their shards
 * @param host the driver where members are threads; null where it is a member itself, and over UDP
 */
record Meeting(List<JobAddress.Single> shards, MediaDriverHost host) implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int JOB = 1;

    static Meeting of(JobSettings settings) {
        return switch (settings.channel()) {
            case udp -> new Meeting(settings.peers() && settings.port() == 0 ? free(settings.shards())
                    : IntStream.range(0, settings.shards()).mapToObj(shard -> port(settings, shard)).toList(), null);
            case ipc -> {
                if (settings.threads()) {
                    MediaDriverHost host = MediaDriverHost.launch(settings.links());
                    yield new Meeting(jobs(host.directory(), settings), host);
                }
                Path directory = MediaDriverHost.parent()
                    .resolve("eden4j-" + ProcessHandle.current().pid() + "-0-" + System.nanoTime());
                yield new Meeting(jobs(directory, settings), null);
            }
        };
    }

    private static JobAddress.Single port(JobSettings settings, int shard) {
        return JobAddress.udp(LOOPBACK, settings.port() == 0 ? 0 : settings.port() + shard);
    }

    /** Ports announced to other processes before anyone listens on them: they were free just now, and are chosen again last. */
    private static List<JobAddress.Single> free(int count) {
        List<DatagramSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new DatagramSocket(new InetSocketAddress(LOOPBACK, 0)));
            }
            return sockets.stream().<JobAddress
                    .Single>map(socket -> JobAddress.udp(LOOPBACK, socket.getLocalPort()))
                .toList();
        } catch (SocketException e) {
            throw new UncheckedIOException("no UDP port is free on " + LOOPBACK + ": " + e.getMessage(), e);
        } finally {
            sockets.forEach(DatagramSocket::close);
        }
    }

    private static List<JobAddress.Single> jobs(Path directory, JobSettings settings) {
        return JobAddress.ipc(directory, JOB, settings.shards()).shards();
    }

    /** The directory that a driver's process is to serve; null where none is needed. */
    String directoryToServe() {
        return host == null && shards.getFirst() instanceof JobAddress.Ipc ipc ? ipc.aeronDirectory().toString() : null;
    }

    @Override
    public void close() {
        if (host != null) {
            host.close();
        } else if (shards.getFirst() instanceof JobAddress.Ipc ipc) {
            RunDirectory.delete(ipc.aeronDirectory());
        }
    }
}
