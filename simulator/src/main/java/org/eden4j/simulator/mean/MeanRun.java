package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.VectorHash;

/** Drives the rounds of {@code mean}: gates them, and judges what the workers received. */
final class MeanRun implements AutoCloseable {
    /** On top of the deadline: drawing, encoding and writing on a machine with fewer cores than processes. */
    private static final Duration SLACK = Duration.ofSeconds(120);

    private final MeanPlan plan;
    private final Duration limit;
    private final Arena arena = Arena.ofShared();
    private final Job job;
    private final MeanTotals totals = new MeanTotals();
    private ReferenceMean reference;
    private int mtu;

    MeanRun(MeanPlan plan) {
        this.plan = plan;
        limit = plan.job().deadline().plus(SLACK);
        job = new Job(plan.job(), plan.dimension(), plan::worker);
    }

    Row processes() {
        return Row.of("mean").put("processes", job.processes());
    }

    String processesSentence() {
        return job.processesSentence();
    }

    /** Waits until all members have met. */
    void connect() throws InterruptedException {
        Map<Integer, JsonNode> joined = job.connect();
        mtu = joined.get(0).path("mtu").asInt();
        reference = new ReferenceMean(plan.draws(), plan.dimension(), plan.method(), plan.downlink(), mtu, arena);
    }

    /** Runs one round and measures it; the vectors are drawn before and the reference is computed after it. */
    Row round(long round) throws InterruptedException {
        job.tell(MeanWorker.PREPARE + " " + round);
        job.collect(MeanWorker.READY, limit);
        job.tell(MeanWorker.GO + " " + round);
        Map<Integer, JsonNode> results = job.collect(MeanWorker.ROUND, limit);
        JsonNode statistics = job.statistics(round, limit);
        Counted counted = Counted.of(statistics);
        List<Integer> contributors = counted.contributors();
        ReferenceMean.Energy energy = reference.compute(round, counted);
        boolean equal = equalsReference(results);
        double nmse = nmse(energy);
        OptionalDouble expected = ExpectedError.nmse(plan.method(), plan.downlink(), plan.loss(contributors.size()),
                energy);
        double seconds = (results.values()
            .stream()
            .mapToLong(result -> result.path("endNs").asLong())
            .max()
            .orElseThrow()
                - results.values().stream().mapToLong(result -> result.path("beginNs").asLong()).max().orElseThrow())
                / 1e9;
        long bytesUp = sum(results, result -> result.path("bytesUp").asLong());
        long bytesDown = sum(results, result -> result.path("bytesDown").asLong());
        long transportBytes = sum(results, result -> result.path("transportBytes").asLong());
        totals.add(nmse, expected, energy.nobody(), bytesUp, bytesDown, transportBytes, results.size(),
                contributors.size(), seconds,
                equal);
        return head().put("round", round)
            .put("contributors", contributors.size())
            .put("missing", missing(contributors))
            .put("lost", statistics.path("lost").asLong())
            .put("undelivered", energy.nobody())
            .put("nmse", nmse)
            .put("expectedNmse", expected.isPresent() ? (Object) expected.getAsDouble() : null)
            .put("bytesUp", bytesUp)
            .put("bytesDown", bytesDown)
            .put("bytesUncompressed", uncompressed(results.size()))
            .put("wireBitsUp", wireBits(bytesUp, results.size()))
            .put("wireBitsDown", wireBits(bytesDown, results.size()))
            .put("transportBytes", transportBytes)
            .put("seconds", seconds)
            .put("equalsReference", equal);
    }

    /** Ends the job and sums it up. */
    Row summary() throws InterruptedException {
        job.finish(MeanWorker.LEAVE);
        return totals.into(head().put("summary", true), this)
            .put("joinSeconds", job.joining().toNanos() / 1e9)
            .put("lost", job.total("lost"))
            .put("late", job.total("late"))
            .put("duplicate", job.total("duplicate"))
            .put("rejected", job.total("rejected"));
    }

    private Row head() {
        return Row.of("mean")
            .put("workers", plan.job().workers())
            .put("dimension", plan.dimension())
            .put("method", plan.job().method().text())
            .put("downlink", plan.job().downlink().text())
            .put("input", plan.draws().input().toString())
            .put("vectors", plan.draws().vectors().toString())
            .put("channel", plan.job().channel().toString())
            .put("mtu", mtu)
            .put("loss", plan.job().loss().probability())
            .put("unreliable", plan.job().loss().unreliable());
    }

    private List<Integer> missing(List<Integer> contributors) {
        List<Integer> missing = new ArrayList<>();
        for (int worker = 0; worker < plan.job().workers(); worker++) {
            if (!contributors.contains(worker)) {
                missing.add(worker);
            }
        }
        return missing;
    }

    private boolean equalsReference(Map<Integer, JsonNode> results) {
        String hash = VectorHash.of(reference.mean());
        return results.values().stream().allMatch(result -> result.path("hash").asText().equals(hash));
    }

    /** The error of the mean that a worker received: the first one that is there to write it. */
    private double nmse(ReferenceMean.Energy energy) throws InterruptedException {
        Path file = job.directory().resolve("mean.f32");
        for (int worker : job.running()) {
            job.tell(worker, MeanWorker.WRITE + " " + file);
            if (job.await(worker, MeanWorker.WRITTEN, limit) != null) {
                double error = squaredError(file);
                return error == 0 ? 0 : error / energy.squaredNorm();
            }
        }
        throw new IllegalStateException("every worker has ended before it could write its mean");
    }

    private double squaredError(Path file) {
        try (FileChannel channel = FileChannel.open(file); Arena mapping = Arena.ofConfined()) {
            long bytes = (long) plan.dimension() * Float.BYTES;
            MemorySegment received = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, mapping);
            return reference.squaredError(received);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e, e);
        }
    }

    /** What these senders would have sent as plain float32, in one direction. */
    long uncompressed(long senders) {
        return senders * plan.dimension() * Float.BYTES;
    }

    /** Bits of a coordinate of one sender's vector. */
    double wireBits(long bytes, long senders) {
        return (double) bytes * Byte.SIZE / ((double) senders * plan.dimension());
    }

    private static long sum(Map<Integer, JsonNode> results, ToLongFunction<JsonNode> field) {
        return results.values().stream().mapToLong(field).sum();
    }

    @Override
    public void close() {
        job.close();
        arena.close();
    }
}
