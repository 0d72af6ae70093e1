package org.eden4j.transport.worker;

import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.Channels;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.media.Interrupts;
import org.eden4j.transport.media.SharedConnection;
import org.eden4j.transport.wire.Claims;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * A worker's link to its aggregator: opened to join, and again when it is lost.
 *
 * @param stream the stream on which the worker listens
 * @param endpoint the endpoint on which the worker listens; empty over IPC
 */
public record WorkerLink(Connection connection, Subscription downlink, UplinkProxy uplink, UpdateWay updates,
        int stream,
        String endpoint)
        implements
            AutoCloseable {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * Opens a link with its own client and driver; whether an aggregator is at the other end is not checked.
     *
     * @throws TransportException if there is no driver, or too little memory or buffer space
     */
    public static WorkerLink open(JobAddress.Single address, LinkLengths lengths, Duration limit,
            InjectedLoss loss) {
        return open(address, limit, Shard.WHOLE, left -> Connection.forWorker(address, lengths, left, loss));
    }

    /**
     * Opens a link to a shard's aggregator on a client and driver that other links use as well, as
     * {@link #open(JobAddress.Single, LinkLengths, Duration, InjectedLoss)} does.
     */
    public static WorkerLink open(JobAddress.Single address, Duration limit, Shard shard, SharedConnection shared) {
        return open(address, limit, shard, left -> shared.open(address, left));
    }

    private static WorkerLink open(JobAddress address, Duration limit, Shard shard,
            Function<Duration, Connection> connect) {
        long endNs = System.nanoTime() + limit.toNanos();
        try {
            return Connection.open(limit, connect, connection -> open(connection, shard, endNs));
        } catch (AeronException e) {
            throw new TransportException("cannot join " + address + ": " + e.getMessage(), e);
        }
    }

    private static WorkerLink open(Connection connection, Shard shard, long endNs) {
        Channels channels = connection.channels();
        Aeron aeron = connection.aeron();
        int stream = channels.newDownlinkStream(aeron.nextCorrelationId());
        Subscription downlink = aeron.addSubscription(channels.downlinkSubscription(connection.localHost()), stream);
        String endpoint = channels.isUdp() ? endpoint(downlink, endNs) : "";
        UplinkProxy uplink = new UplinkProxy(
                new Claims(aeron.addExclusivePublication(channels.uplinkPublication(), channels.uplinkStream())),
                shard);
        return new WorkerLink(connection, downlink, uplink, new UpdateWay(aeron, channels, uplink, shard), stream,
                endpoint);
    }

    private static String endpoint(Subscription subscription, long endNs) {
        String endpoint = subscription.resolvedEndpoint();
        while (endpoint == null) {
            if (System.nanoTime() - endNs > 0) {
                throw new TransportException("no UDP port could be bound on " + subscription.channel());
            }
            Interrupts.park(POLL_NS);
            endpoint = subscription.resolvedEndpoint();
        }
        return endpoint;
    }

    boolean isClosed() {
        return connection.aeron().isClosed();
    }

    /** As {@link Connection#isEndedBy}. */
    boolean isEndedBy(RuntimeException failure) {
        return connection.isEndedBy(failure);
    }

    @Override
    public void close() {
        if (connection.isShared()) {
            CloseHelper.quietCloseAll(updates, uplink, downlink);
        }
        CloseHelper.quietClose(connection);
    }
}
