package org.eden4j.simulator.process;

import org.eden4j.transport.JobAddress;
import org.eden4j.transport.MediaDriverHost;

/**
 * Where a job meets: a port of the loopback interface, or a media driver that this process hosts as long as the meeting is open.
 *
 * @param address what the aggregator is given
 * @param driver null over UDP
 */
record Meeting(JobAddress address, MediaDriverHost driver) implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int JOB = 1;

    static Meeting of(JobSettings settings) {
        return switch (settings.channel()) {
            case udp -> new Meeting(JobAddress.udp(LOOPBACK, settings.port()), null);
            case ipc -> {
                MediaDriverHost driver = MediaDriverHost.launch(settings.workers());
                yield new Meeting(JobAddress.ipc(driver.directory(), JOB), driver);
            }
        };
    }

    @Override
    public void close() {
        if (driver != null) {
            driver.close();
        }
    }
}
