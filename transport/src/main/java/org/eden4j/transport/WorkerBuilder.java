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
import org.eden4j.transport.media.Interrupts;
import org.eden4j.transport.media.JvmFlags;
import org.eden4j.transport.media.SharedConnection;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerWish;
import org.eden4j.transport.worker.Memberships;
import org.eden4j.transport.worker.WorkerLink;

/** Arguments of a join. */
public final class WorkerBuilder {
    /** The most characters of an agreement. */
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
    private InjectedLoss loss = InjectedLoss.NONE;
    private boolean insecure;
    private boolean errorFeedback;
    private Served served;

    /** A shard to host, how many workers its job starts with, and what else its aggregator is told. */
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
     * The parts of this worker's updates, and how each travels; the dimension is the layout's. All members need the same one: a
     * worker with another is refused, with the first part that differs. Parts that name this worker's method travel back by the
     * job's downlink method, others as they came. By default an update is one part.
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
     * What the members' programs have to agree on, such as what they do with means and how often: a text that nothing here reads.
     * A worker whose text differs from that of the members that are there is refused, with both.
     *
     * @param agreement printable ASCII, at most {@value #LONGEST_AGREEMENT} characters; empty, as by default, if there is
     *        nothing to agree on
     */
    public WorkerBuilder agreement(String agreement) {
        this.agreement = Protocol.checkedAgreement(agreement);
        return this;
    }

    /** The worker number to ask for, from 0; rotations depend on it. By default the lowest free one. */
    public WorkerBuilder index(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("worker number must be at least 0, got " + index);
        }
        this.index = index;
        return this;
    }

    /**
     * Names this worker across its processes: one that takes the place of a process that was killed gives the same and
     * gets the same number at once. By default a random one.
     */
    public WorkerBuilder identity(long identity) {
        this.identity = identity;
        return this;
    }

    /** How long to look for the aggregator and wait for its answer; 30 seconds by default. */
    public WorkerBuilder joinTimeout(Duration joinTimeout) {
        this.joinTimeout = joinTimeout;
        return this;
    }

    /**
     * How long an aggregator or media driver that was lost is looked for, every second at least; 60 seconds by
     * default. Calls wait meanwhile.
     */
    public WorkerBuilder reconnectTimeout(Duration reconnectTimeout) {
        this.reconnectTimeout = reconnectTimeout;
        return this;
    }

    /** Aeron's MTU in bytes, the same for all members; by default 65504 on one host, 1408 between hosts. */
    public WorkerBuilder mtu(int mtu) {
        FrameLayout.checkMtu(mtu);
        this.mtu = mtu;
        return this;
    }

    /**
     * Adds to each update what compression left of earlier ones, see {@link org.eden4j.compressor.ErrorFeedback}: for biased
     * methods, such as topk, threshold and signsgd. What was not counted of an update leaves nothing behind here:
     * {@link org.eden4j.transport.job.RoundResult#uncounted} tells the caller, who alone carries it. Takes 8 bytes per coordinate; the
     * aggregator and other workers need not know. By default what compression leaves out is dropped.
     */
    public WorkerBuilder errorFeedback() {
        errorFeedback = true;
        return this;
    }

    /** Loses datagrams on purpose, for tests and simulations; by default none. */
    public WorkerBuilder injectLoss(InjectedLoss loss) {
        this.loss = loss;
        return this;
    }

    /** Allows an address that a network reaches, though frames are neither encrypted nor authenticated. */
    public WorkerBuilder insecure() {
        insecure = true;
        return this;
    }

    /**
     * Hosts the aggregator of a shard in this process: it listens at the shard's address before this worker joins, and ends when all
     * members have left it. So {@link Worker#close()} waits for the other workers to leave, as long as they are looked for when
     * they are lost. Where every worker hosts one no host carries more than others, whatever their number. Who takes the place of a
     * process that was killed serves what that one did.
     *
     * @param shard which one, from 0
     * @param workers members that the job starts with
     * @param settings what else the aggregator is told, the same for those of all shards; method, shard, dimension, MTU and timeout
     *        are this worker's
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
     * Joins; returns once the aggregator has welcomed this worker, which may be before the others are there, or in
     * the middle of the job: there are as many places as the aggregator was told of workers.
     *
     * @throws JoinRejectedException if an aggregator said no, with its reason
     * @throws TransportException if there is no aggregator, no driver, too little memory or buffer, this JVM lacks a flag, the
     *         address is open to a network and this was not allowed, or this thread was interrupted: then its flag is set
     */
    public Worker join() {
        JvmFlags.check();
        Exposure.check(address, insecure);
        int agreedMtu = mtu != 0 ? mtu : Connection.defaultMtu(address);
        AggregatorBuilder serving = served == null ? null : hosted(agreedMtu);
        SharedConnection shared = new SharedConnection(address.shards().size(),
                serving == null || !loss.isNone() ? 0 : serving.capacity(), agreedMtu, loss);
        Aggregator hosted = serving == null ? null : (loss.isNone() ? serving.on(shared) : serving).start();
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

    private AggregatorBuilder hosted(int agreedMtu) {
        AggregatorBuilder builder = Aggregator.builder(address, served.workers(), method)
            .shard(new Shard(served.shard(), address.shards().size()))
            .dimension(layout.dimension())
            .mtu(agreedMtu)
            .joinTimeout(joinTimeout);
        if (insecure) {
            builder.insecure();
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
            AgentThreads.awaitEnd(runner, Protocol.FAREWELL_NS); // it may just have become a member, which has to leave
            runner.close();
            throw described(Interrupts.failure(e));
        }
    }

    /** Links to several aggregators share a client and a driver, with the aggregator of this process if there is one. */
    private Memberships.Links links(List<JobAddress.Single> shards, int agreedMtu, SharedConnection shared) {
        if (shards.size() == 1 && served == null) {
            return (_, limit) -> WorkerLink.open(shards.getFirst(), agreedMtu, limit, loss);
        }
        return (shard, limit) -> WorkerLink.open(shards.get(shard.index()), limit, shard, shared);
    }

    private TransportException described(RuntimeException cause) {
        return cause instanceof JoinRejectedException rejected ? rejected
                : new TransportException("cannot join " + address + ": " + cause.getMessage(), cause);
    }
}
