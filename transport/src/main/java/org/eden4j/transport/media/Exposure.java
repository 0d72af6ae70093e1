package org.eden4j.transport.media;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;

/** Who could reach a job: other processes of this host only, or a network. */
public final class Exposure {
    private Exposure() {}

    /**
     * Refuses addresses that a network reaches, unless the user wants just that.
     *
     * @param insecure whether the user said so
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
                    + " authenticated: whoever reaches that port could join the job. Take 127.0.0.1, or say 'insecure'"
                    + " where the network is trusted");
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
