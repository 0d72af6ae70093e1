package org.eden4j.simulator.process;

import java.nio.file.Path;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.media.MediaDriverHost;

/**
 * Where a job meets: a port of the loopback interface, or the directory of a media driver, which is deleted with the
 * meeting.
 *
 * @param address what the aggregator is given
 * @param host the driver where members are threads; null where it is a member itself, and over UDP
 */
record Meeting(JobAddress address, MediaDriverHost host) implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int JOB = 1;

    static Meeting of(JobSettings settings) {
        return switch (settings.channel()) {
            case udp -> new Meeting(JobAddress.udp(LOOPBACK, settings.port()), null);
            case ipc -> {
                if (settings.threads()) {
                    MediaDriverHost host = MediaDriverHost.launch(settings.workers());
                    yield new Meeting(JobAddress.ipc(host.directory(), JOB), host);
                }
                Path directory = MediaDriverHost.parent()
                    .resolve("eden4j-" + ProcessHandle.current().pid() + "-0-" + System.nanoTime());
                yield new Meeting(JobAddress.ipc(directory, JOB), null);
            }
        };
    }

    /** The directory that a driver's process is to serve; null where none is needed. */
    String directoryToServe() {
        return host == null && address instanceof JobAddress.Ipc ipc ? ipc.aeronDirectory().toString() : null;
    }

    @Override
    public void close() {
        if (host != null) {
            host.close();
        } else if (address instanceof JobAddress.Ipc ipc) {
            RunDirectory.delete(ipc.aeronDirectory());
        }
    }
}
