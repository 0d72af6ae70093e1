package org.eden4j.simulator.process;

import java.time.Duration;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.output.Row;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.AggregatorBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.Shard;

/**
 * The aggregator of a job, or of one of its shards. Says {@code listening} with its address, then {@code statistics} a round, and ends when every worker
 * has left.
 *
 * @param address where workers will meet it
 * @param dimension coordinates of an update, 0 for the workers' choice
 * @param workers number of workers
 * @param method how updates are compressed
 * @param downlink how the mean is compressed
 * @param deadlineMs when a round closes without those that are missing
 * @param quorum fewest workers of a round, 0 for the transport's choice
 * @param attempts how often a round without a quorum is tried, 0 for the transport's choice
 * @param seed the job's seed
 * @param mtu Aeron's MTU in bytes, 0 for the transport's choice
 * @param joinTimeoutMs how long it waits for all workers
 * @param loss probability that a datagram is lost
 * @param unreliable whether updates that are lost are not repeated
 * @param shard which part of the vector it has, as {@code K/S}
 * @param compareEvery rounds between comparisons of models and replicas, 0 for never
 */
public record AggregatorSettings(String address, int dimension, int workers, String method, String downlink,
        long deadlineMs,
        int quorum, int attempts, long seed, int mtu, long joinTimeoutMs,
        double loss, boolean unreliable, String shard, int compareEvery) implements RoleSettings {
    /** The event of an aggregator that workers can join. */
    static final String LISTENING = "listening";
    /** The event of a round's end. */
    static final String STATISTICS = "statistics";

    /** The field that says whose event it is. */
    static final String SHARD = "shard";

    private static final int BYTES_A_COORDINATE = 64;
    private static final Duration LOOK_AT_COMMANDS = Duration.ofMillis(200);

    /** The aggregator of a job that was asked for. */
    public static AggregatorSettings of(JobSettings job, Shard shard, String address, int dimension,
            Duration joinTimeout) {
        return new AggregatorSettings(address, dimension, job.workers(), job.method().text(), job.downlink().text(),
                job.deadline().toMillis(), job.quorum(), job.attempts(), job.seed(), job.mtu(),
                joinTimeout.toMillis(), job.loss().probability(), job.loss().unreliable(), shard.toString(),
                job.compareEvery());
    }

    @Override
    public Role role() {
        return this::run;
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xms24m", "-Xmn8m", "-Xmx" + heapMegabytes() + "m");
    }

    /** Megabytes of heap that it may take. */
    public long heapMegabytes() {
        return 256 + ((long) dimension / Shard.parse(shard).count() * BYTES_A_COORDINATE >> 20);
    }

    /** The number of the shard. */
    public int index() {
        return Shard.parse(shard).index();
    }

    /** Tells an aggregator all but where it is, of which shard and of what size; it reports its rounds. */
    public AggregatorBuilder configure(AggregatorBuilder builder, Events events) {
        Shard part = Shard.parse(shard);
        builder.downlink(Method.parse(downlink))
            .deadline(Duration.ofMillis(deadlineMs))
            .jobSeed(seed)
            .compareEvery(compareEvery)
            .joinTimeout(Duration.ofMillis(joinTimeoutMs))
            .reliableUplink(!unreliable)
            .injectLoss(Loss.of(loss, seed, -1 - part.index()))
            .onRound(statistics -> events.emit(event(statistics, part)));
        if (quorum > 0) {
            builder.quorum(quorum);
        }
        if (attempts > 0) {
            builder.attempts(attempts);
        }
        return builder;
    }

    private void run(Commands commands, Events events) {
        Shard part = Shard.parse(shard);
        AggregatorBuilder builder = configure(
                Aggregator.builder(JobAddress.parse(address), workers, Method.parse(method)).shard(part), events);
        if (dimension > 0) {
            builder.dimension(dimension);
        }
        if (mtu > 0) {
            builder.mtu(mtu);
        }
        try (Aggregator aggregator = builder.start()) {
            events.emit(Events.named(LISTENING)
                .put(SHARD, part.index())
                .put("address", aggregator.address().toString()));
            while (!aggregator.await(LOOK_AT_COMMANDS)) {
                if (commands.ended()) {
                    return;
                }
            }
        }
    }

    private static Row event(RoundStatistics statistics, Shard shard) {
        return Events.named(STATISTICS)
            .put(SHARD, shard.index())
            .put("round", statistics.round())
            .put("contributors", statistics.contributors())
            .put("partial", Ranges.write(statistics.partial()))
            .put("bytesUp", statistics.bytesUp())
            .put("bytesDown", statistics.bytesDown())
            .put("transportBytes", statistics.transportBytes())
            .put("late", statistics.late())
            .put("duplicate", statistics.duplicate())
            .put("stale", statistics.stale())
            .put("foreign", statistics.foreign())
            .put("rejected", statistics.rejected())
            .put("attempts", statistics.attempts())
            .put("cutOff", statistics.cutOff())
            .put("resyncs", statistics.resyncs())
            .put("diverged", statistics.diverged())
            .put("lost", statistics.lost())
            .put("wireBitsUp", statistics.wireBitsUp())
            .put("wireBitsDown", statistics.wireBitsDown())
            .put("expectedError", statistics.expectedError().orElse(Double.NaN))
            .put("collectingNs", statistics.collecting().toNanos())
            .put("encodingNs", statistics.encoding().toNanos())
            .put("downlinkNs", statistics.downlink().toNanos())
            .put("totalNs", statistics.total().toNanos());
    }
}
