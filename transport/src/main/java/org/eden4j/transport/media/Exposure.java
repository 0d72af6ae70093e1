package org.eden4j.transport.media;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;

/** The check that a network cannot reach a job, but only processes of this host. */
public final class Exposure {
    private Exposure() {}

    /**
     * Rejects addresses that a network can reach, unless the user allows them.
     *
     * @param insecure whether the user allows them
     * @throws TransportException if frames would cross a network without a key
     */
    public static void check(JobAddress address, boolean insecure) {
        if (!insecure) {
            address.shards().forEach(Exposure::check);
        }
    }

    private static void check(JobAddress.Single address) {
        if (address instanceof JobAddress.Udp udp && !isLoopback(udp.host())) {
            throw new TransportException(udp + " is not on the loopback interface, and frames are neither encrypted nor"
                    + " authenticated: any process that reaches that port could join the job. Use 127.0.0.1, or allow"
                    + " it with 'insecure' if the network is trusted");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new TransportException("host '" + host + "' has no address", e);
        }
    }
}
