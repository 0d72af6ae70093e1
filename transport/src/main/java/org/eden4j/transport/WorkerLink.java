package org.eden4j.transport;

import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;

/**
 * A worker's way to its aggregator: opened to join, and anew when it is lost.
 *
 * @param stream on which the worker listens
 * @param endpoint likewise; empty over IPC
 */
record WorkerLink(Connection connection, Subscription downlink, UplinkProxy uplink, UpdateWay updates, int stream,
        String endpoint)
        implements
            AutoCloseable {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Opens a way; whether there is an aggregator at its end shows later.
     *
     * @throws TransportException if there is no driver, too little memory or buffer
     */
    static WorkerLink open(JobAddress address, int mtu, Duration limit, InjectedLoss loss) {
        long endNs = System.nanoTime() + limit.toNanos();
        Connection connection = Connection.forWorker(address, mtu, limit, loss);
        try {
            Channels channels = connection.channels();
            int stream = channels.newDownlinkStream(connection.aeron().nextCorrelationId());
            Subscription downlink = connection.aeron()
                .addSubscription(channels.downlinkSubscription(connection.localHost()), stream);
            String endpoint = channels.isUdp() ? endpoint(downlink, endNs) : "";
            UplinkProxy uplink = new UplinkProxy(new Claims(connection.aeron()
                .addExclusivePublication(channels.uplinkPublication(), channels.uplinkStream())));
            return new WorkerLink(connection, downlink, uplink, new UpdateWay(connection.aeron(), channels, uplink),
                    stream, endpoint);
        } catch (AeronException e) {
            connection.close();
            throw new TransportException("cannot join " + address + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static String endpoint(Subscription subscription, long endNs) {
        String endpoint = subscription.resolvedEndpoint();
        while (endpoint == null) {
            if (System.nanoTime() - endNs > 0) {
                throw new TransportException("no UDP port could be bound on " + subscription.channel());
            }
            LockSupport.parkNanos(POLL_NS);
            endpoint = subscription.resolvedEndpoint();
        }
        return endpoint;
    }

    boolean isClosed() {
        return connection.aeron().isClosed();
    }

    @Override
    public void close() {
        CloseHelper.quietClose(connection);
    }
}
