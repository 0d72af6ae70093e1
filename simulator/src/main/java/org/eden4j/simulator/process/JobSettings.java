package org.eden4j.simulator.process;

import java.security.SecureRandom;
import java.time.Duration;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.wire.FrameLayout;

/**
 * A job as it was asked for.
 *
 * @param workers number of workers, at least 1
 * @param method how updates are compressed
 * @param downlink how the mean is compressed
 * @param channel how frames travel
 * @param port the aggregator's UDP port, 0 for a free one
 * @param mtu Aeron's MTU in bytes, 0 for the transport's choice
 * @param deadline when a round closes without those that are missing
 * @param quorum fewest workers of a round, 0 for half, rounded up
 * @param attempts how often a round without a quorum is tried, 0 for the transport's choice
 * @param restarts how often the process of each member is replaced when it is lost
 * @param threads whether members are threads of this process
 * @param seed the job's seed
 * @param loss what the network loses
 * @param errorFeedback whether workers add to each update what earlier ones left unsent
 * @param shards how many aggregators have a part of the vector each
 * @param peers whether workers host them, each one
 * @param compareEvery rounds between comparisons of models and replicas, 0 for never
 */
public record JobSettings(int workers, GivenMethod method, GivenMethod downlink, JobOptions.Channel channel, int port,
        int mtu, Duration deadline, int quorum, int attempts, int restarts, boolean threads, long seed,
        Loss loss, boolean errorFeedback, int shards, boolean peers,
        int compareEvery) {
    static final int COMPARE_EVERY = 100;
    private static final Duration STARTING = Duration.ofMinutes(5);
    private static final Duration STARTING_A_PROCESS = Duration.ofSeconds(8);
    private static final long RUN = new SecureRandom().nextLong();

    public JobSettings {
        if (workers < 1) {
            throw new IllegalArgumentException("--workers must be at least 1, got " + workers);
        }
        if (quorum < 0 || quorum > workers) {
            throw new IllegalArgumentException("--quorum must be from 0 to the " + workers + " workers, got " + quorum);
        }
        if (mtu != 0) {
            FrameLayout.checkMtu(mtu);
        }
        if (loss.needsNetwork() && channel != JobOptions.Channel.udp) {
            throw new IllegalArgumentException("nothing is lost over ipc: --loss and --unreliable need --channel udp");
        }
        if (shards < 1 || shards > Shard.MOST) {
            throw new IllegalArgumentException("--shards must be from 1 to " + Shard.MOST + ", got " + shards);
        }
        if (port > 0 && port + shards - 1 > 65535) {
            throw new IllegalArgumentException("--port " + port + " leaves no ports for " + shards + " shards");
        }
        if (attempts < 0 || attempts > 65535) {
            throw new IllegalArgumentException("--attempts must be from 0 to 65535, got " + attempts);
        }
        if (restarts < 0) {
            throw new IllegalArgumentException("--restarts must be at least 0, got " + restarts);
        }
        if (compareEvery < 0) {
            throw new IllegalArgumentException("--compare-every must be at least 0, got " + compareEvery);
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("--port must be from 0 to 65535, got " + port);
        }
    }

    /** The same, but for how often the process of each member is replaced. */
    public JobSettings withRestarts(int newRestarts) {
        return new JobSettings(workers, method, downlink, channel, port, mtu, deadline, quorum, attempts, newRestarts,
                threads, seed, loss, errorFeedback, shards, peers, compareEvery);
    }

    /** The same, but for as many shards as workers, hosted by these. */
    public JobSettings ofPeers() {
        if (shards != 1 && shards != workers) {
            throw new IllegalArgumentException(
                    "--peers has a shard in each of the " + workers + " workers, not --shards "
                            + shards);
        }
        return new JobSettings(workers, method, downlink, channel, port, mtu, deadline, quorum, attempts, restarts,
                threads, seed, loss, errorFeedback, workers, true, compareEvery);
    }

    /** The same, but for the rounds between comparisons of models and replicas. */
    public JobSettings withCompareEvery(int rounds) {
        return new JobSettings(workers, method, downlink, channel, port, mtu, deadline, quorum, attempts, restarts,
                threads, seed, loss, errorFeedback, shards, peers, rounds);
    }

    /** The same, but for whether workers add to each update what earlier ones left unsent. */
    public JobSettings withErrorFeedback(boolean newErrorFeedback) {
        return new JobSettings(workers, method, downlink, channel, port, mtu, deadline, quorum, attempts, restarts,
                threads, seed, loss, newErrorFeedback, shards, peers, compareEvery);
    }

    /** Returns the identity of a worker across its processes; it differs between runs. */
    public long identity(int worker) {
        return RUN + worker;
    }

    /** Members that a media driver for all serves: each worker is one of every aggregator. */
    int links() {
        return workers * shards;
    }

    /**
     * How long members may take to start: a JVM and its first compilations cost seconds of a processor's time, and other programs
     * may have the processors. One that dies meanwhile is noticed at once; this ends what hangs.
     */
    Duration starting() {
        int processes = threads ? 1 : workers + (peers ? 0 : shards);
        return STARTING
            .plus(STARTING_A_PROCESS.multipliedBy(processes / Runtime.getRuntime().availableProcessors()));
    }
}
