package org.eden4j.transport.media;

import io.aeron.Aeron;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import org.eden4j.transport.job.JobAddress;

/**
 * One Aeron client, and over UDP one media driver, for the links of a worker to several aggregators: opened with the first
 * link, closed with the last, and another one where it was lost. Used by one thread at a time.
 */
public final class SharedConnection {
    private final int links;
    private final int mtu;
    private final InjectedLoss loss;
    /** What links are opened on; null before the first and after the last. */
    private Connection current;
    /** By client: links that are open on it. */
    private final Map<Aeron, Integer> open = new IdentityHashMap<>();

    /** @param links to be open at a time */
    public SharedConnection(int links, int mtu, InjectedLoss loss) {
        this.links = links;
        this.mtu = mtu;
        this.loss = loss;
    }

    /**
     * A worker's side for a link to one aggregator; closing it ends that link's share.
     *
     * @param limit how long a driver is looked for over IPC
     */
    public Connection open(JobAddress.Single address, Duration limit) {
        if (current == null || current.aeron().isClosed()) {
            current = Connection.forWorker(address, links, mtu, limit, loss);
            open.put(current.aeron(), 0);
        }
        Connection base = current;
        open.merge(base.aeron(), 1, Integer::sum);
        try {
            return base.to(address, () -> release(base));
        } catch (RuntimeException e) {
            release(base);
            throw e;
        }
    }

    private void release(Connection base) {
        if (open.merge(base.aeron(), -1, Integer::sum) == 0) {
            open.remove(base.aeron());
            if (current == base) {
                current = null;
            }
            base.close();
        }
    }
}
