package org.eden4j.transport.aggregator;

import io.aeron.Aeron;
import io.aeron.Counter;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.FragmentHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.concurrent.status.CountersReader;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.Channels;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.media.Interrupts;
import org.eden4j.transport.media.SharedConnection;
import org.eden4j.transport.wire.Protocol;

/**
 * An aggregator's link to its workers: opened at the start, and again after its media driver is lost.
 *
 * @param local the subscription to a worker in the same process; null if there is none
 * @param updates the subscription to updates that are not retransmitted; null if all are
 */
public record AggregatorLink(Connection connection, Subscription uplink, Subscription local, Subscription updates,
        AggregatorCounters counters) implements AutoCloseable {
    /** Type of the counter that shows aggregators on one media driver to each other. */
    private static final int OCCUPIED_TYPE = 3796;
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Time in which a media driver notices that the previous aggregator was killed. */
    private static final long DEATH_NS = TimeUnit.SECONDS.toNanos(8);

    /**
     * Opens a link; over UDP the port is bound.
     *
     * @throws TransportException if the address is in use, or there is no driver, or too little memory or buffer space
     */
    public static AggregatorLink open(JobAddress.Single address, int workers, LinkLengths lengths, Duration limit,
            boolean reliable, InjectedLoss loss) {
        return open(address, limit, reliable,
                left -> Connection.forAggregator(address, workers, lengths, left, reliable, loss));
    }

    /** Opens a link on the client and driver of the worker whose process hosts this aggregator. */
    public static AggregatorLink open(JobAddress.Udp address, Duration limit, boolean reliable,
            SharedConnection shared) {
        return open(address, limit, reliable, _ -> shared.openAggregator(address, reliable));
    }

    private static AggregatorLink open(JobAddress.Single address, Duration limit, boolean reliable,
            Function<Duration, Connection> connect) {
        try {
            return Connection.open(limit, connect, connection -> open(connection, address, reliable));
        } catch (AeronException e) {
            throw new TransportException("cannot listen at " + address + ": " + e.getMessage(), e);
        }
    }

    private static AggregatorLink open(Connection connection, JobAddress.Single address, boolean reliable) {
        if (address instanceof JobAddress.Ipc ipc) {
            occupy(connection, ipc);
        }
        Channels channels = connection.channels();
        Aeron aeron = connection.aeron();
        Subscription uplink = subscription(aeron, channels);
        Subscription local = connection.isShared() && reliable ? subscription(aeron, connection.local()) : null;
        Subscription updates = channels.isUdp() && !reliable
                ? aeron.addSubscription(channels.unreliableSubscription(), Protocol.UNRELIABLE_STREAM) : null;
        return new AggregatorLink(connection, uplink, local, updates,
                AggregatorCounters.allocate(aeron, channels.address()));
    }

    private static Subscription subscription(Aeron aeron, Channels channels) {
        return aeron.addSubscription(channels.uplinkSubscription(), channels.uplinkStream());
    }

    /** Polls the subscriptions; returns the number of fragments. */
    int poll(FragmentHandler handler, int limit) {
        return uplink.poll(handler, limit) + (local == null ? 0 : local.poll(handler, limit))
                + (updates == null ? 0 : updates.poll(handler, limit));
    }

    /** Returns whether a peer's image exists. */
    boolean hasImage(int session) {
        return uplink.imageBySessionId(session) != null || isLocal(session);
    }

    private boolean isLocal(int session) {
        return local != null && local.imageBySessionId(session) != null;
    }

    /** Returns the channels on which a peer is answered. */
    Channels channelsTo(int session) {
        return isLocal(session) ? connection.local() : connection.channels();
    }

    /**
     * Allocates a counter that shows that the job has its aggregator, because IPC binds no port; the first aggregator
     * stays.
     */
    private static void occupy(Connection connection, JobAddress.Ipc ipc) {
        String label = "eden4j aggregator of job " + ipc.job();
        Counter own = connection.aeron().addCounter(OCCUPIED_TYPE, label);
        long endNs = System.nanoTime() + DEATH_NS;
        while (isOccupied(connection.aeron().countersReader(), label, own)) {
            if (System.nanoTime() - endNs > 0) {
                throw new TransportException("cannot listen at " + ipc
                        + ": another aggregator has this job; stop it, or choose another job number");
            }
            Interrupts.park(POLL_NS);
        }
    }

    private static boolean isOccupied(CountersReader counters, String label, Counter own) {
        boolean[] occupied = new boolean[1];
        counters.forEach((id, type, _, text) -> occupied[0] |= type == OCCUPIED_TYPE && id != own.id()
                && text.equals(label) && counters.getCounterRegistrationId(id) < own.registrationId());
        return occupied[0];
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
            CloseHelper.quietCloseAll(updates, local, uplink, counters);
        }
        CloseHelper.quietClose(connection);
    }
}
