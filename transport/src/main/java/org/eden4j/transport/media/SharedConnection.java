package org.eden4j.transport.media;

import io.aeron.Aeron;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.eden4j.transport.job.JobAddress;

/**
 * One Aeron client, and over UDP one media driver, shared by a worker's links to several aggregators and by the
 * aggregator that its process hosts: opened with the first link, closed with the last, and opened again after a loss.
 * Thread-safe.
 */
public final class SharedConnection {
    private final LinkLengths lengths;
    private final int members;
    private final InjectedLoss loss;
    /** Address of the hosted aggregator if the worker may use their common memory instead; null if not. */
    private JobAddress.Udp hosted;
    /** Connection on which links are opened; null before the first and after the last. */
    private Connection current;
    /** By client: number of open links. */
    private final Map<Aeron, Integer> open = new IdentityHashMap<>();

    /**
     * @param lengths with the number of aggregators to which links are opened
     * @param members the number of members of the hosted aggregator, 0 if none is hosted
     */
    public SharedConnection(LinkLengths lengths, int members, InjectedLoss loss) {
        this.lengths = lengths;
        this.members = members;
        this.loss = loss;
    }

    /**
     * Opens a worker's side for a link to one aggregator; closing it releases that link's share.
     *
     * @param limit time limit of the search for a driver over IPC
     */
    public synchronized Connection open(JobAddress.Single address, Duration limit) {
        return open(address, limit, base -> address.equals(hosted) ? base.toLocal(() -> release(base))
                : base.to(address, () -> release(base)));
    }

    /**
     * Opens the side of the hosted aggregator, which listens at this address; closing it releases its share.
     *
     * @param reliable whether lost updates are retransmitted; memory loses nothing
     */
    public synchronized Connection openAggregator(JobAddress.Udp address, boolean reliable) {
        hosted = hosted == null && reliable ? address : hosted;
        return open(address, Duration.ZERO,
                base -> base.listening(address, members, reliable, () -> release(base)));
    }

    private Connection open(JobAddress.Single address, Duration limit, UnaryOperator<Connection> link) {
        if (current == null || current.aeron().isClosed()) {
            current = Connection.forMember(address, lengths.shards() + members, lengths, limit, loss);
            open.put(current.aeron(), 0);
        }
        Connection base = current;
        open.merge(base.aeron(), 1, Integer::sum);
        try {
            return link.apply(base);
        } catch (RuntimeException e) {
            release(base);
            throw e;
        }
    }

    private synchronized void release(Connection base) {
        if (open.merge(base.aeron(), -1, Integer::sum) == 0) {
            open.remove(base.aeron());
            if (current == base) {
                current = null;
            }
            base.close();
        }
    }
}
