package org.eden4j.transport;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.SystemNanoClock;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.transport.aggregator.AggregatorAgent;
import org.eden4j.transport.aggregator.AggregatorLink;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.AgentThreads;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.Exposure;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.media.JvmFlags;
import org.eden4j.transport.media.SharedConnection;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;

/** The configuration of a job. */
public final class AggregatorBuilder {
    /** Largest dimension that the first worker may set if {@link #dimension} is not called. */
    public static final int LARGEST_UNTOLD = JobTerms.LARGEST_UNTOLD;

    private static final long TRYING_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int FEWEST_ATTEMPTS = 3;

    private final JobAddress address;
    private final int workers;
    private final Method method;
    private int dimension;
    private String agreement;
    private int compareEvery = 100;
    private Method downlink = DefaultMethods.means();
    private Duration deadline = Duration.ofSeconds(5);
    private int capacity;
    /** Quorum; 0 for half of the workers, rounded up. */
    private int quorum;
    private int attempts;
    private long jobSeed = 1;
    private Duration joinTimeout = Duration.ofSeconds(30);
    private int mtu;
    private int term;
    private boolean insecure;
    private Consumer<RoundStatistics> onRound = _ -> {};
    private InjectedLoss loss = InjectedLoss.NONE;
    private boolean reliableUplink = true;
    private Shard shard = Shard.WHOLE;
    /** Connection of the worker whose process hosts this aggregator; null if none does. */
    private SharedConnection shared;

    AggregatorBuilder(JobAddress address, int workers, Method method) {
        if (workers < 1 || workers > Protocol.MOST_WORKERS) {
            throw new IllegalArgumentException(
                    "workers must be in 1.." + Protocol.MOST_WORKERS + ", got " + workers);
        }
        this.address = address;
        this.workers = workers;
        this.method = method;
        capacity = workers;
    }

    /**
     * Sets the job's dimension; workers with another one are rejected. By default it is the dimension of the present
     * members, of which the first may have at most {@value #LARGEST_UNTOLD} coordinates: larger dimensions must be set
     * here.
     */
    public AggregatorBuilder dimension(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        this.dimension = dimension;
        return this;
    }

    /**
     * Sets the text on which the members' programs must agree, see {@link WorkerBuilder#agreement}. By default that of
     * the present members.
     */
    public AggregatorBuilder agreement(String agreement) {
        this.agreement = Protocol.checkedAgreement(agreement);
        return this;
    }

    /**
     * Sets how often members' models and replicas are compared by their hashes: before each round that is a multiple of
     * {@code rounds}; 100 by default, 0 for never. A member whose state differs from the aggregator's model, or from
     * the replica of most members (of the lowest-numbered one if there is no majority), is named in the log, counted in
     * {@link RoundStatistics#diverged}, and receives the job's state.
     */
    public AggregatorBuilder compareEvery(int rounds) {
        if (rounds < 0) {
            throw new IllegalArgumentException("rounds between comparisons must be at least 0, got " + rounds);
        }
        compareEvery = rounds;
        return this;
    }

    /**
     * Sets the compression method of means; by default {@link DefaultMethods#MEANS}. Its error is not divided by the number of workers.
     */
    public AggregatorBuilder downlink(Method downlink) {
        this.downlink = downlink;
        return this;
    }

    /** Sets how long a round waits after its first frame; 5 seconds by default. */
    public AggregatorBuilder deadline(Duration deadline) {
        this.deadline = deadline;
        return this;
    }

    /**
     * Sets the largest number of members at a time; by default the number of workers with which the job starts. If it
     * is larger, others may join while the job runs. Socket buffers and shared memory are sized for it. All shards of a
     * job need the same capacity.
     */
    public AggregatorBuilder capacity(int capacity) {
        if (capacity < workers || capacity > Protocol.MOST_WORKERS) {
            throw new IllegalArgumentException("capacity of a job that starts with " + workers + " workers must be in "
                    + workers + ".." + Protocol.MOST_WORKERS + ", got " + capacity);
        }
        this.capacity = capacity;
        return this;
    }

    /** Returns the largest number of members of the job. */
    int capacity() {
        return capacity;
    }

    /**
     * Sets the number of contributors without which a round fails and is tried again; by default half of the workers,
     * rounded up. If the capacity is larger than the number of workers, the default is half of the members with which
     * the round began and that still take part.
     */
    public AggregatorBuilder quorum(int quorum) {
        if (quorum < 1 || quorum > workers) {
            throw new IllegalArgumentException("quorum must be in 1.." + workers + ", got " + quorum);
        }
        this.quorum = quorum;
        return this;
    }

    /**
     * Sets the number of attempts at a round without a quorum before the job fails, each until the deadline or until
     * returned members make a quorum; by default as many as fit into a minute, and at least 3.
     */
    public AggregatorBuilder attempts(int attempts) {
        if (attempts < 1 || attempts > 0xFFFF) {
            throw new IllegalArgumentException("attempts must be in 1..65535, got " + attempts);
        }
        this.attempts = attempts;
        return this;
    }

    /** Sets the seed of all rotations; 1 by default. */
    public AggregatorBuilder jobSeed(long jobSeed) {
        this.jobSeed = jobSeed;
        return this;
    }

    /**
     * Sets how long to wait for all workers at the start, for any worker after all are lost, and for a media driver; 30
     * seconds by default.
     */
    public AggregatorBuilder joinTimeout(Duration joinTimeout) {
        this.joinTimeout = joinTimeout;
        return this;
    }

    /** Sets Aeron's MTU in bytes, the same for all members; by default 65504 on one host, 1408 between hosts. */
    public AggregatorBuilder mtu(int mtu) {
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
    public AggregatorBuilder term(int bytes) {
        LinkLengths.checkTerm(bytes);
        this.term = bytes;
        return this;
    }

    /**
     * Sets whether lost frames of updates are retransmitted; true by default. Without retransmission a lost frame costs
     * its blocks one contribution, see {@link RoundStatistics#partial}, and a round need not wait for it. Control
     * messages and means are always retransmitted. No effect over IPC, which loses nothing.
     */
    public AggregatorBuilder reliableUplink(boolean reliableUplink) {
        this.reliableUplink = reliableUplink;
        return this;
    }

    /**
     * Sets this aggregator's shard of the job's vector and the number of shards; by default the whole vector. The other
     * shards have their own aggregators with the same arguments. The address is this aggregator's own, or that of all
     * shards.
     */
    public AggregatorBuilder shard(Shard shard) {
        this.shard = shard;
        return this;
    }

    /** Injects losses of datagrams, for tests and experiments; by default none. */
    public AggregatorBuilder injectLoss(InjectedLoss loss) {
        this.loss = loss;
        return this;
    }

    /**
     * Sets a consumer called on the aggregator's thread after each round: it must not block. Its exceptions are logged,
     * and the job continues.
     */
    public AggregatorBuilder onRound(Consumer<RoundStatistics> onRound) {
        this.onRound = onRound;
        return this;
    }

    /** Allows an address that a network can reach, although frames are neither encrypted nor authenticated. */
    public AggregatorBuilder insecure() {
        insecure = true;
        return this;
    }

    /** Uses the media driver of the worker whose process hosts this aggregator. */
    AggregatorBuilder on(SharedConnection shared) {
        this.shared = shared;
        return this;
    }

    /**
     * Starts listening.
     *
     * @throws org.eden4j.transport.job.TransportException if the port is in use, there is no driver, too little memory
     *         or buffer space, this JVM lacks a flag, a network can reach the address and this was not allowed, or this
     *         thread was interrupted, in which case its interrupt flag is set
     */
    public Aggregator start() {
        JvmFlags.check();
        JobAddress.Single own = ownAddress();
        Exposure.check(own, insecure);
        int agreedMtu = mtu != 0 ? mtu : Connection.defaultMtu(address);
        boolean udp = own instanceof JobAddress.Udp;
        AggregatorLink link = open(own, agreedMtu, joinTimeout);
        try {
            int expected = dimension != 0 ? dimension : BlockLayout.DEFAULT_BLOCK;
            WarmUp.aggregator(expected, method, downlink);
            JobAddress.Single bound = link.connection().channels().address();
            JobTerms terms = new JobTerms(capacity, method, downlink, dimension, agreedMtu, jobSeed, newEpoch(),
                    deadline.toNanos(), agreedQuorum(), attempts(), joinTimeout.toNanos(),
                    udp, udp && !reliableUplink)
                .withShard(shard)
                .withAgreement(agreement)
                .withHashInterval(compareEvery);
            AggregatorAgent agent = new AggregatorAgent(link,
                    () -> open(bound, agreedMtu, Duration.ofNanos(Protocol.OPEN_NS)),
                    terms, workers,
                    SystemNanoClock.INSTANCE, onRound);
            return new Aggregator(bound, AgentThreads.start(agent), agent);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /**
     * Opens the link; an aggregator with injected losses has its own driver, so that the worker of its process loses
     * nothing.
     */
    private AggregatorLink open(JobAddress.Single own, int agreedMtu, Duration limit) {
        return shared != null && loss.isNone() && own instanceof JobAddress.Udp udp
                ? AggregatorLink.open(udp, limit, reliableUplink, shared)
                : AggregatorLink.open(own, capacity, new LinkLengths(shard.count(), agreedMtu, term), limit,
                        reliableUplink, loss);
    }

    private JobAddress.Single ownAddress() {
        List<JobAddress.Single> shards = address.shards();
        if (shards.size() == 1) {
            return shards.getFirst();
        }
        if (shards.size() != shard.count()) {
            throw new IllegalArgumentException(address + " has " + shards.size() + " shards, this aggregator has shard "
                    + shard);
        }
        return shards.get(shard.index());
    }

    private int agreedQuorum() {
        return quorum != 0 || capacity > workers ? quorum : (workers + 1) / 2;
    }

    private int attempts() {
        return attempts != 0 ? attempts
                : Math.clamp(TRYING_NS / Math.max(1, deadline.toNanos()), FEWEST_ATTEMPTS, 0xFFFF);
    }

    /** Returns a random epoch other than 0, which means none. */
    private static int newEpoch() {
        return new SecureRandom().nextInt() | 1;
    }
}
