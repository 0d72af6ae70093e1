package org.eden4j.transport.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JobOffer;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.media.Interrupts;
import org.eden4j.transport.wire.OfferAdapter;
import org.eden4j.transport.wire.Protocol;

/** Requests the terms of a job from an aggregator, in the caller's thread and on a link that is closed afterwards. */
public final class Inquiry {
    private static final int FRAGMENTS = 8;
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private Inquiry() {}

    /**
     * Waits for the answer.
     *
     * @param address the address of any aggregator of the job
     * @param token the token that the answer must repeat
     * @throws TransportException if no answer arrives in time, or this thread is interrupted
     */
    public static JobOffer ask(JobAddress.Single address, int mtu, Duration limit, long token) {
        long startNs = System.nanoTime();
        OfferAdapter adapter = new OfferAdapter(token);
        try (WorkerLink link = WorkerLink.open(address, new LinkLengths(1, mtu), limit, InjectedLoss.NONE)) {
            long askedNs = startNs - Protocol.JOIN_RETRY_NS;
            while (adapter.offer() == null) {
                long nowNs = System.nanoTime();
                if (nowNs - startNs > limit.toNanos()) {
                    throw new TransportException("no aggregator has answered within " + limit.toMillis()
                            + " ms: start it, or set a longer joinTimeout");
                }
                if (nowNs - askedNs >= Protocol.JOIN_RETRY_NS
                        && link.uplink().ask(token, link.stream(), link.endpoint())) {
                    askedNs = nowNs;
                }
                if (link.downlink().poll(adapter, FRAGMENTS) == 0) {
                    Interrupts.park(POLL_NS);
                }
            }
            return adapter.offer();
        }
    }
}
