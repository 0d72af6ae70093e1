package org.eden4j.transport;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SystemNanoClock;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.AgentThreads;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.Exposure;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.media.Interrupts;
import org.eden4j.transport.media.JvmFlags;
import org.eden4j.transport.media.SharedConnection;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerWish;
import org.eden4j.transport.worker.Memberships;
import org.eden4j.transport.worker.WorkerLink;

/** The configuration of a join. */
public final class WorkerBuilder {
    /** Largest number of characters of an agreement. */
    public static final int LONGEST_AGREEMENT = Protocol.LONGEST_AGREEMENT;

    private final JobAddress address;
    private final Method method;
    private UpdateLayout layout;
    private String agreement = "";
    private int index = -1;
    private long identity = new SecureRandom().nextLong();
    private Duration joinTimeout = Duration.ofSeconds(30);
    private Duration reconnectTimeout = Duration.ofSeconds(60);
    private int mtu;
    private int term;
    private InjectedLoss loss = InjectedLoss.NONE;
    private boolean insecure;
    private boolean errorFeedback;
    private Served served;

    /** A shard to host, the number of workers with which its job starts, and further settings of its aggregator. */
    private record Served(int shard, int workers, UnaryOperator<AggregatorBuilder> settings) {}

    WorkerBuilder(JobAddress address, int dimension, Method method) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        this.address = address;
        this.method = method;
        layout = UpdateLayout.whole(dimension, method);
    }

    /**
     * Sets the parts of this worker's updates and their methods; the dimension is the layout's. All members need the
     * same layout: a worker with another one is rejected with the first part that differs. Means of parts with this
     * worker's method have the job's downlink method; other parts have the same method in both directions. By default
     * an update is one part.
     */
    public WorkerBuilder layout(UpdateLayout layout) {
        int bytes = Protocol.utf8(layout).length;
        if (bytes > Protocol.LARGEST_LAYOUT) {
            throw new IllegalArgumentException("the text of a layout may have " + Protocol.LARGEST_LAYOUT
                    + " bytes, that of " + layout + " has " + bytes);
        }
        this.layout = layout;
        return this;
    }

    /**
     * Sets the text on which the members' programs must agree, such as how they use means and how often; transport does
     * not interpret it. A worker whose text differs from that of the present members is rejected with both texts.
     *
     * @param agreement printable ASCII, at most {@value #LONGEST_AGREEMENT} characters; empty, the default, if there is
     *         nothing to agree on
     */
    public WorkerBuilder agreement(String agreement) {
        this.agreement = Protocol.checkedAgreement(agreement);
        return this;
    }

    /** Requests this worker number, from 0, on which rotations depend. By default the lowest free one. */
    public WorkerBuilder index(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("worker number must be at least 0, got " + index);
        }
        this.index = index;
        return this;
    }

    /**
     * Identifies this worker across its processes: a process that replaces a killed one gives the same identity and
     * gets the same number at once. Random by default.
     */
    public WorkerBuilder identity(long identity) {
        this.identity = identity;
        return this;
    }

    /** Sets how long to look for the aggregator and wait for its answer; 30 seconds by default. */
    public WorkerBuilder joinTimeout(Duration joinTimeout) {
        this.joinTimeout = joinTimeout;
        return this;
    }

    /**
     * Sets how long to look for a lost aggregator or media driver, at least once per second; 60 seconds by default.
     * Calls wait in the meantime.
     */
    public WorkerBuilder reconnectTimeout(Duration reconnectTimeout) {
        this.reconnectTimeout = reconnectTimeout;
        return this;
    }

    /** Sets Aeron's MTU in bytes, the same for all members; by default 65504 on one host, 1408 between hosts. */
    public WorkerBuilder mtu(int mtu) {
        FrameLayout.checkMtu(mtu);
        this.mtu = mtu;
        return this;
    }

    /**
     * Sets the bytes of a term of Aeron's logs over UDP, a power of two; by default at most 2 MiB. A sender is at most half a
     * term ahead of its receiver, so a long link that loses packets needs longer ones: at least 6 times what the link holds, rate
     * times round trip. A link's logs take up to three terms of memory in each direction.
     *
     * @throws IllegalArgumentException if it is not a power of two from 2 to 256 MiB
     */
    public WorkerBuilder term(int bytes) {
        LinkLengths.checkTerm(bytes);
        this.term = bytes;
        return this;
    }

    /**
     * Adds the compression error of earlier updates to each update, see {@link org.eden4j.compressor.ErrorFeedback},
     * for biased methods such as topk, threshold and signsgd. Coordinates that were not counted leave no residual here:
     * {@link org.eden4j.transport.job.RoundResult#uncounted} names them, and only the caller can carry them. Takes 8
     * bytes per coordinate; aggregator and other workers need not know. By default the compression error is dropped.
     */
    public WorkerBuilder errorFeedback() {
        errorFeedback = true;
        return this;
    }

    /** Injects losses of datagrams, for tests and experiments; by default none. */
    public WorkerBuilder injectLoss(InjectedLoss loss) {
        this.loss = loss;
        return this;
    }

    /** Allows an address that a network can reach, although frames are neither encrypted nor authenticated. */
    public WorkerBuilder insecure() {
        insecure = true;
        return this;
    }

    /**
     * Hosts the aggregator of a shard in this process: it listens at the shard's address before this worker joins, and
     * ends when all members have left it. So {@link Worker#close()} waits for the other workers to leave, up to the
     * time for which lost ones are awaited. If every worker hosts a shard, no host carries more traffic than the
     * others, whatever their number. A process that replaces a killed one hosts the same shard.
     *
     * @param shard the index of the shard, from 0
     * @param workers the number of members with which the job starts
     * @param settings further settings of the aggregator, the same for all shards; method, shard, dimension, MTU and
     *         timeout are this worker's
     */
    public WorkerBuilder serve(int shard, int workers, UnaryOperator<AggregatorBuilder> settings) {
        if (shard < 0 || shard >= address.shards().size()) {
            throw new IllegalArgumentException("shard must be in 0.." + (address.shards().size() - 1) + " of " + address
                    + ", got " + shard);
        }
        served = new Served(shard, workers, settings);
        return this;
    }

    /**
     * Joins; returns once the aggregator has welcomed this worker, which may be before the others have joined, or in
     * the middle of the job.
     *
     * @throws JoinRejectedException if an aggregator rejected this worker, with the reason
     * @throws TransportException if there is no aggregator, no driver, too little memory or buffer space, this JVM
     *         lacks a flag, a network can reach the address and this was not allowed, or this thread was interrupted,
     *         in which case its interrupt flag is set
     */
    public Worker join() {
        JvmFlags.check();
        Exposure.check(address, insecure);
        int agreedMtu = mtu != 0 ? mtu : Connection.defaultMtu(address);
        AggregatorBuilder serving = served == null ? null : hosted(agreedMtu);
        boolean sharesDriver = serving != null && loss.isNone();
        SharedConnection shared = new SharedConnection(lengths(agreedMtu), sharesDriver ? serving.capacity() : 0, loss);
        Aggregator hosted = serving == null ? null : (sharesDriver ? serving.on(shared) : serving).start();
        boolean joined = false;
        try {
            Worker worker = join(agreedMtu, shared, hosted);
            joined = true;
            return worker;
        } finally {
            if (!joined && hosted != null) {
                hosted.close();
            }
        }
    }

    private LinkLengths lengths(int agreedMtu) {
        return new LinkLengths(address.shards().size(), agreedMtu, term);
    }

    private AggregatorBuilder hosted(int agreedMtu) {
        AggregatorBuilder builder = Aggregator.builder(address, served.workers(), method)
            .shard(new Shard(served.shard(), address.shards().size()))
            .dimension(layout.dimension())
            .mtu(agreedMtu)
            .joinTimeout(joinTimeout);
        if (insecure) {
            builder.insecure();
        }
        if (term != 0) {
            builder.term(term);
        }
        return served.settings().apply(builder);
    }

    private Worker join(int agreedMtu, SharedConnection shared, Aggregator hosted) {
        List<JobAddress.Single> shards = address.shards();
        WarmUp.encoding(layout);
        WorkerWish wish = new WorkerWish(layout, method, agreement, agreedMtu, index, identity,
                joinTimeout.toNanos(), reconnectTimeout.toNanos(), shards.getFirst() instanceof JobAddress.Udp,
                errorFeedback, new Shard(0, shards.size()));
        Memberships.Links links = links(shards, agreedMtu, shared);
        Memberships memberships = new Memberships(links, wish, new SecureRandom().nextLong(), SystemNanoClock.INSTANCE);
        AgentRunner runner = AgentThreads.start(memberships);
        try {
            Method downlink = memberships.joined().get().getFirst().terms().downlink();
            WarmUp.decoding(layout.downlink(method, downlink));
            return new Worker(runner, memberships, hosted, reconnectTimeout);
        } catch (ExecutionException e) {
            runner.close();
            throw described((RuntimeException) e.getCause());
        } catch (InterruptedException e) {
            memberships.requestClose();
            AgentThreads.awaitEnd(runner, Protocol.FAREWELL_NS); // it may just have become a member and must leave
            runner.close();
            throw described(Interrupts.failure(e));
        }
    }

    /**
     * Returns links to several aggregators that share a client and a driver, also with the aggregator of this process
     * if there is one.
     */
    private Memberships.Links links(List<JobAddress.Single> shards, int agreedMtu, SharedConnection shared) {
        if (shards.size() == 1 && served == null) {
            return (_, limit) -> WorkerLink.open(shards.getFirst(), lengths(agreedMtu), limit, loss);
        }
        return (shard, limit) -> WorkerLink.open(shards.get(shard.index()), limit, shard, shared);
    }

    private TransportException described(RuntimeException cause) {
        return cause instanceof JoinRejectedException rejected ? rejected
                : new TransportException("cannot join " + address + ": " + cause.getMessage(), cause);
    }
}
