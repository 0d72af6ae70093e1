package org.eden4j.transport;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SystemNanoClock;
import org.eden4j.compressor.Method;

/**
 * One member of a job: hands in updates and gets back the mean of all members' updates.
 *
 * <pre>{@code
 * try (Worker worker = Worker.builder(JobAddress.parse("udp:127.0.0.1:7400"), dimension, Eden.unbiased(4)).join()) {
 *     worker.shareModel(model);                               // optional: all start from the same
 *     while (training) {
 *         RoundResult result = worker.exchange(update, examples, mean);
 *     }
 * }
 * }</pre>
 *
 * <p>Vectors are float32, on the heap or off it, {@code dimension} coordinates. All Aeron work is done by a thread of
 * the worker's own, so that heartbeats go on while the caller trains; segments must be accessible from that thread
 * (heap arrays, {@code Arena.ofShared()}, {@code Arena.ofAuto()}, buffers).
 *
 * <p>Once an exchange has failed this worker has left the job: every later call fails with the same reason, and the
 * other members go on without it. One thread at a time may call {@link #exchange} and {@link #shareModel}.
 */
public final class Worker implements AutoCloseable {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Connection connection;
    private final AgentRunner runner;
    private final WorkerAgent agent;
    private final WorkerAgent.Membership membership;
    private boolean closed;

    private Worker(Connection connection, AgentRunner runner, WorkerAgent agent, WorkerAgent.Membership membership) {
        this.connection = connection;
        this.runner = runner;
        this.agent = agent;
        this.membership = membership;
    }

    /**
     * Starts the arguments of a join.
     *
     * @param address where the job meets
     * @param dimension coordinates of the update, at least 1
     * @param method how updates are encoded; the aggregator must have been told the same
     */
    public static Builder builder(JobAddress address, int dimension, Method method) {
        return new Builder(address, dimension, method);
    }

    /** Arguments of a join. */
    public static final class Builder {
        private final JobAddress address;
        private final int dimension;
        private final Method method;
        private int index = -1;
        private Duration joinTimeout = Duration.ofSeconds(30);
        private int mtu;
        private boolean insecure;
        private InjectedLoss loss = InjectedLoss.NONE;

        private Builder(JobAddress address, int dimension, Method method) {
            if (dimension < 1) {
                throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
            }
            this.address = address;
            this.dimension = dimension;
            this.method = method;
        }

        /** The worker number to ask for, from 0; rotations depend on it. By default the lowest free one. */
        public Builder index(int index) {
            if (index < 0) {
                throw new IllegalArgumentException("worker number must be at least 0, got " + index);
            }
            this.index = index;
            return this;
        }

        /** How long to look for the aggregator and wait for its answer; 30 seconds by default. */
        public Builder joinTimeout(Duration joinTimeout) {
            this.joinTimeout = joinTimeout;
            return this;
        }

        /** Aeron's MTU in bytes, the same for all members; by default 65504 on one host, 1408 between hosts. */
        public Builder mtu(int mtu) {
            FrameLayout.checkMtu(mtu);
            this.mtu = mtu;
            return this;
        }

        /** Allows an address that a network reaches, though frames are neither encrypted nor authenticated. */
        public Builder insecure() {
            insecure = true;
            return this;
        }

        /** Loses datagrams on purpose, for tests and simulations; by default none. */
        public Builder injectLoss(InjectedLoss loss) {
            this.loss = loss;
            return this;
        }

        /**
         * Joins; returns once the aggregator has welcomed this worker, which may be before the others are there.
         *
         * @throws JoinRejectedException if the aggregator said no, with its reason
         * @throws TransportException if there is no aggregator, no driver, too little memory or buffer, or the address
         *         is open to a network and this was not allowed
         */
        public Worker join() {
            Exposure.check(address, insecure);
            int agreedMtu = mtu != 0 ? mtu : Connection.defaultMtu(address);
            Connection connection = Connection.forWorker(address, agreedMtu, joinTimeout, loss);
            try {
                WarmUp.encoding(method.forDimension(dimension));
                return join(connection, agreedMtu, System.nanoTime() + joinTimeout.toNanos());
            } catch (AeronException e) {
                connection.close();
                throw new TransportException("cannot join " + address + ": " + e.getMessage(), e);
            } catch (RuntimeException e) {
                connection.close();
                throw e;
            }
        }

        private Worker join(Connection connection, int agreedMtu, long endNs) {
            Channels channels = connection.channels();
            int stream = channels.newDownlinkStream(connection.aeron().nextCorrelationId());
            Subscription downlink = connection.aeron()
                .addSubscription(channels.downlinkSubscription(connection.localHost()), stream);
            String endpoint = channels.isUdp() ? endpoint(downlink, endNs) : "";
            ExclusivePublication uplink = connection.aeron()
                .addExclusivePublication(channels.uplinkPublication(),
                        channels.uplinkStream());
            WorkerAgent.Wish wish = new WorkerAgent.Wish(dimension, method, agreedMtu, index, stream, endpoint,
                    joinTimeout.toNanos(), channels.isUdp());
            UplinkProxy proxy = new UplinkProxy(new Claims(uplink));
            UpdateWay updates = new UpdateWay(connection.aeron(), channels, proxy);
            WorkerAgent agent = new WorkerAgent(connection.aeron(), downlink, proxy, updates, wish,
                    new SecureRandom().nextLong(), SystemNanoClock.INSTANCE);
            AgentRunner runner = AgentThreads.start(agent);
            try {
                WorkerAgent.Membership membership = agent.joined().join();
                WarmUp.decoding(membership.terms().downlink().forDimension(dimension));
                return new Worker(connection, runner, agent, membership);
            } catch (CompletionException e) {
                runner.close();
                throw described((RuntimeException) e.getCause());
            }
        }

        private TransportException described(RuntimeException cause) {
            return cause instanceof JoinRejectedException rejected ? rejected
                    : new TransportException("cannot join " + address + ": " + cause.getMessage(), cause);
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
    }

    /** This member's number, 0 to {@link #workers()} - 1. */
    public int index() {
        return membership.index();
    }

    /** Members that the job started with. */
    public int workers() {
        return membership.terms().workers();
    }

    public int dimension() {
        return membership.terms().dimension();
    }

    public long jobSeed() {
        return membership.terms().jobSeed();
    }

    /** How updates travel. */
    public Method method() {
        return membership.terms().method();
    }

    /** How means travel. */
    public Method downlink() {
        return membership.terms().downlink();
    }

    public int mtu() {
        return membership.terms().mtu();
    }

    /**
     * Makes all members start from the same model: the one with number 0 supplies it, all others receive it in place,
     * bit-identical. Either all members call it once before their first exchange, or none.
     *
     * @param model float32[dimension]
     * @throws TransportException if the supplier or the aggregator is gone, or the copy is damaged
     */
    public synchronized void shareModel(MemorySegment model) {
        check(model, "model", index() != AggregatorAgent.MODEL_SOURCE);
        call(new Request.ShareModel(model));
    }

    /**
     * One round: hands in an update, blocks until the mean is complete.
     *
     * @param update float32[dimension], not changed
     * @param weight this update's weight in the mean, such as its number of examples; finite, not negative
     * @param mean float32[dimension], overwritten; may be {@code update} itself only if the caller no longer needs it
     *        where the exchange fails
     * @throws TransportException if the round failed or the aggregator is gone, with the reason
     * @throws org.eden4j.compressor.NonFiniteGradientException if the update cannot be encoded; this worker then has
     *         left the job
     */
    public synchronized RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("weight must be finite and not negative, got " + weight);
        }
        check(update, "update", false);
        check(mean, "mean", true);
        Request.Exchange request = new Request.Exchange(update, weight, mean);
        call(request);
        return request.result;
    }

    private void check(MemorySegment vector, String name, boolean written) {
        long expected = (long) dimension() * Float.BYTES;
        if (vector.byteSize() != expected) {
            throw new IllegalArgumentException(name + " has " + vector.byteSize() + " bytes, dimension " + dimension()
                    + " needs " + expected);
        }
        if (written && vector.isReadOnly()) {
            throw new IllegalArgumentException(name + " is read-only");
        }
        if (!vector.isAccessibleBy(runner.thread())) {
            throw new IllegalArgumentException(name
                    + " is confined to one thread, the worker's own must reach it: take Arena.ofShared() or a heap array");
        }
    }

    private void call(Request request) {
        if (closed) {
            throw new TransportException("this worker is closed");
        }
        agent.submit(request);
        LockSupport.unpark(runner.thread());
        if (request.await(agent::requestClose)) {
            Thread.currentThread().interrupt();
        }
        RuntimeException failure = request.failure();
        if (failure instanceof TransportException) {
            throw new TransportException(failure.getMessage(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Leaves the job; the others go on. May be called from any thread, also during an exchange, which then fails. */
    @Override
    public void close() {
        agent.requestClose();
        synchronized (this) {
            if (!closed) {
                closed = true;
                AgentThreads.awaitEnd(runner, 2 * Protocol.FAREWELL_NS);
                runner.close();
                connection.close();
            }
        }
    }
}
