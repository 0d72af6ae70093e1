package org.eden4j.transport;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SystemNanoClock;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.Method;

/**
 * Collects the updates of a job's workers, averages them, and answers with the mean. Runs in a thread of its own from
 * {@link Builder#start()} until every member has left or the job has failed.
 *
 * <pre>{@code
 * try (Aggregator aggregator = Aggregator.builder(JobAddress.udp("127.0.0.1", 7400), 4, Eden.unbiased(4)).start()) {
 *     aggregator.awaitEnd();
 * }
 * }</pre>
 *
 * <p>An aggregator that was killed may be started again at the same address with the same arguments: the workers find it,
 * and the one that is furthest restores the job.
 *
 * <p>The mean of a block is the sum over the workers whose block arrived, in worker order, of weight times decoded
 * block, times the inverse of those weights' sum. It depends on who contributed, never on timing: equal seeds give equal
 * bits.
 */
public final class Aggregator implements AutoCloseable {
    private static final long TRYING_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int FEWEST_ATTEMPTS = 3;

    private final JobAddress address;
    private final AgentRunner runner;
    private final AggregatorAgent agent;
    private boolean closed;

    private Aggregator(JobAddress address, AgentRunner runner, AggregatorAgent agent) {
        this.address = address;
        this.runner = runner;
        this.agent = agent;
    }

    /**
     * Starts the arguments of a job.
     *
     * @param address where workers will find it; UDP port 0 takes a free one, see {@link #address()}
     * @param workers members that must have joined before the job starts, 1..2048
     * @param method how updates travel; workers must ask for the same
     */
    public static Builder builder(JobAddress address, int workers, Method method) {
        return new Builder(address, workers, method);
    }

    /** Arguments of a job. */
    public static final class Builder {
        private final JobAddress address;
        private final int workers;
        private final Method method;
        private int dimension;
        private Method downlink = Eden.unbiased(8);
        private Duration deadline = Duration.ofSeconds(5);
        private int quorum;
        private int attempts;
        private long jobSeed = 1;
        private Duration joinTimeout = Duration.ofSeconds(30);
        private int mtu;
        private boolean insecure;
        private Consumer<RoundStatistics> onRound = _ -> {};
        private InjectedLoss loss = InjectedLoss.NONE;
        private boolean reliableUplink = true;

        private Builder(JobAddress address, int workers, Method method) {
            if (workers < 1 || workers > Protocol.MOST_WORKERS) {
                throw new IllegalArgumentException(
                        "workers must be in 1.." + Protocol.MOST_WORKERS + ", got " + workers);
            }
            this.address = address;
            this.workers = workers;
            this.method = method;
            quorum = (workers + 1) / 2;
        }

        /** The job's dimension; by default the first member's. */
        public Builder dimension(int dimension) {
            if (dimension < 1) {
                throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
            }
            this.dimension = dimension;
            return this;
        }

        /** How means travel; by default EDEN at 8 bits, since its error is not divided by the number of workers. */
        public Builder downlink(Method downlink) {
            this.downlink = downlink;
            return this;
        }

        /** How long a round waits from its first frame on; 5 seconds by default. */
        public Builder deadline(Duration deadline) {
            this.deadline = deadline;
            return this;
        }

        /** Contributors without which a round fails and is tried again; by default half of the workers, rounded up. */
        public Builder quorum(int quorum) {
            if (quorum < 1 || quorum > workers) {
                throw new IllegalArgumentException("quorum must be in 1.." + workers + ", got " + quorum);
            }
            this.quorum = quorum;
            return this;
        }

        /**
         * How often a round without a quorum is tried before the job fails, each time until the deadline or until members
         * that came back make a quorum; by default as often as fits a minute, 3 times at least.
         */
        public Builder attempts(int attempts) {
            if (attempts < 1 || attempts > 0xFFFF) {
                throw new IllegalArgumentException("attempts must be in 1..65535, got " + attempts);
            }
            this.attempts = attempts;
            return this;
        }

        /** The seed of all rotations; 1 by default. */
        public Builder jobSeed(long jobSeed) {
            this.jobSeed = jobSeed;
            return this;
        }

        /**
         * How long to wait for all workers at the start, for any where all are lost, and for a media driver; 30 seconds
         * by default.
         */
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

        /**
         * Whether frames of updates that the network loses are repeated; by default they are. Where they are not, a lost
         * frame costs its blocks one contribution, see {@link RoundStatistics#partial}, and a round need not wait for it. Control
         * and means are always repeated. Makes no difference over IPC, where nothing is lost.
         */
        public Builder reliableUplink(boolean reliableUplink) {
            this.reliableUplink = reliableUplink;
            return this;
        }

        /** Loses datagrams on purpose, for tests and simulations; by default none. */
        public Builder injectLoss(InjectedLoss loss) {
            this.loss = loss;
            return this;
        }

        /** Called on the aggregator's thread after each round: must not block. */
        public Builder onRound(Consumer<RoundStatistics> onRound) {
            this.onRound = onRound;
            return this;
        }

        /** Allows an address that a network reaches, though frames are neither encrypted nor authenticated. */
        public Builder insecure() {
            insecure = true;
            return this;
        }

        /**
         * Starts listening.
         *
         * @throws TransportException if the port is in use, there is no driver, too little memory or buffer, or the address
         *         is open to a network and this was not allowed
         */
        public Aggregator start() {
            Exposure.check(address, insecure);
            int agreedMtu = mtu != 0 ? mtu : Connection.defaultMtu(address);
            AggregatorLink link = AggregatorLink.open(address, workers, agreedMtu, joinTimeout, reliableUplink, loss);
            try {
                int expected = dimension != 0 ? dimension : BlockLayout.DEFAULT_BLOCK;
                WarmUp.aggregator(expected, method, downlink);
                JobAddress bound = link.connection().channels().address();
                JobTerms terms = new JobTerms(workers, method, downlink, dimension, agreedMtu, jobSeed, newEpoch(),
                        deadline.toNanos(), quorum, attempts(), joinTimeout.toNanos(),
                        address instanceof JobAddress.Udp, address instanceof JobAddress.Udp && !reliableUplink);
                AggregatorAgent agent = new AggregatorAgent(link,
                        () -> AggregatorLink.open(bound, workers, agreedMtu, Duration.ofNanos(Protocol.OPEN_NS),
                                reliableUplink, loss),
                        terms,
                        SystemNanoClock.INSTANCE, onRound);
                return new Aggregator(bound, AgentThreads.start(agent), agent);
            } catch (RuntimeException e) {
                link.close();
                throw e;
            }
        }

        private int attempts() {
            return attempts != 0 ? attempts
                    : Math.clamp(TRYING_NS / Math.max(1, deadline.toNanos()), FEWEST_ATTEMPTS, 0xFFFF);
        }

        /** Never 0, which means none. */
        private static int newEpoch() {
            return new SecureRandom().nextInt() | 1;
        }
    }

    /** Where workers reach it; with the port that was really bound. */
    public JobAddress address() {
        return address;
    }

    /**
     * Blocks until every member left.
     *
     * @throws TransportException what made the job fail
     */
    public void awaitEnd() {
        await(Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * As {@link #awaitEnd()}, for at most so long.
     *
     * @return whether the job has ended
     * @throws TransportException what made the job fail
     */
    public boolean await(Duration limit) {
        try {
            agent.end().get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransportException("interrupted while waiting for the job's end", e);
        } catch (ExecutionException | CompletionException e) {
            throw new TransportException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Where the job stands, a moment ago. */
    Standing standing() {
        return agent.standing();
    }

    /** Ends the job: members that are still there are told, and their exchanges fail. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            agent.requestClose();
            AgentThreads.awaitEnd(runner, 2 * Protocol.FAREWELL_NS);
            runner.close();
        }
    }
}
