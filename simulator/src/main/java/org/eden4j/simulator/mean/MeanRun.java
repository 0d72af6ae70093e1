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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.Member;
import org.eden4j.simulator.process.VectorHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Controls the rounds of {@code mean}: starts each of them, and checks what the workers received. */
final class MeanRun implements AutoCloseable {
    /**
     * Time in addition to the deadline for drawing, encoding and writing, on a machine with fewer cores than processes.
     */
    private static final Duration SLACK = Duration.ofSeconds(120);

    /** Time limit of a worker's answer after another one's. */
    private static final Duration STRAGGLING = Duration.ofSeconds(10);
    /** The same for a worker that the round did not wait for. */
    private static final Duration MOMENT = Duration.ofMillis(500);
    private static final Logger LOG = LoggerFactory.getLogger(MeanRun.class);

    private final MeanPlan plan;
    /** Workers that have not answered yet. */
    private final Set<Integer> stalled = new TreeSet<>();
    /** Process of each worker whose update was counted last. */
    private final Map<Integer, Integer> processes = new HashMap<>();
    private final Duration limit;
    private final Arena arena = Arena.ofShared();
    private final Job job;
    private final MeanHashes hashes;
    private final MeanTotals totals = new MeanTotals();
    private ReferenceMean reference;
    private int mtu;

    MeanRun(MeanPlan plan) {
        this.plan = plan;
        limit = plan.job().deadline().plus(SLACK);
        job = new Job(plan.job(), plan.dimension(), plan::worker);
        hashes = new MeanHashes(job, limit, STRAGGLING);
        job.onReplaced(stalled::remove);
    }

    Row processes() {
        return Row.of("mean").put("processes", job.processes());
    }

    String processesSentence() {
        return job.processesSentence();
    }

    /** Waits until all members have joined. */
    void connect() throws InterruptedException {
        Map<Integer, JsonNode> joined = job.connect();
        mtu = joined.get(0).path("mtu").asInt();
        reference = new ReferenceMean(plan.draws(), plan.dimension(), plan.method(), plan.downlink(),
                plan.job().errorFeedback(), mtu, arena);
    }

    /**
     * Runs one round and measures it; the vectors are drawn before it and the reference is computed after it. A worker
     * that does not answer is not asked again until it does.
     */
    Row round(long round) throws InterruptedException {
        job.listen(Duration.ZERO);
        stalled.removeIf(worker -> job.take(worker, MeanWorker.ROUND) != null
                || job.take(worker, MeanWorker.READY) != null);
        Map<Integer, Member> asked = new TreeMap<>(job.joined());
        asked.keySet().removeAll(stalled);
        job.tell(asked, MeanWorker.PREPARE + " " + round);
        Map<Integer, JsonNode> ready = job.collect(asked, MeanWorker.READY, limit,
                (_, since) -> since.compareTo(plan.job().deadline().plus(STRAGGLING)) > 0);
        leaveAlone(asked, ready);
        job.tell(asked, MeanWorker.GO + " " + round);
        Map<Integer, JsonNode> answers = job.collect(asked, MeanWorker.ROUND, limit, this::isEnough);
        Map<Integer, Member> sent = new TreeMap<>(asked);
        leaveAlone(asked, answers);
        Map<Integer, JsonNode> results = new TreeMap<>(answers);
        results.values()
            .removeIf(said -> said.path("resynchronised").asBoolean() || said.path("round").asLong() != round);
        if (results.isEmpty()) {
            throw new IllegalStateException("no remaining worker has the mean of round " + round);
        }
        JsonNode first = results.values().iterator().next();
        Counted counted = Counted.of(first);
        counted.participants()
            .stream()
            .filter(results::containsKey)
            .forEach(worker -> noteProcess(worker, results.get(worker)));
        double told = first.path("expectedError").asDouble(Double.NaN);
        List<Integer> contributors = counted.contributors();
        ReferenceMean.Energy energy = reference.compute(round, counted);
        asked.keySet().retainAll(results.keySet());
        sent.keySet().retainAll(contributors);
        boolean equal = hashes.areAll(asked, VectorHash.of(reference.mean())) && !hashes.isAnySilent(sent, answers);
        double nmse = nmse(results.keySet(), energy);
        OptionalDouble expected = ExpectedError.nmse(plan.method().at(round), plan.downlink().at(round),
                plan.loss(contributors.size()), energy);
        JsonNode statistics = job.statistics(round, MOMENT.plus(STRAGGLING));
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
        totals.addExpected(told);
        return head().put("round", round)
            .put("contributors", contributors.size())
            .put("missing", missing(contributors))
            .put("lost", statistics.path("lost").asLong())
            .put("undelivered", energy.nobody())
            .put("nmse", nmse)
            .put("expectedNmse", expected.isPresent() ? (Object) expected.getAsDouble() : null)
            .put("expectedError", told)
            .put("bytesUp", bytesUp)
            .put("bytesDown", bytesDown)
            .put("bytesUncompressed", uncompressed(results.size()))
            .put("wireBitsUp", wireBits(bytesUp, results.size()))
            .put("wireBitsDown", wireBits(bytesDown, results.size()))
            .put("transportBytes", transportBytes)
            .put("seconds", seconds)
            .put("collectingSeconds", seconds(statistics, "collectingNs"))
            .put("encodingSeconds", seconds(statistics, "encodingNs"))
            .put("downlinkSeconds", seconds(statistics, "downlinkNs"))
            .put("equalsReference", equal);
    }

    /**
     * Returns whether enough workers have answered: those that the round is missing need not, the others get a short
     * time.
     */
    private boolean isEnough(Map<Integer, JsonNode> answers, Duration since) {
        for (JsonNode said : answers.values()) {
            if (!said.path("resynchronised").asBoolean()) {
                return since.compareTo(STRAGGLING) > 0
                        || answers.keySet().containsAll(Counted.of(said).contributors())
                                && since.compareTo(MOMENT) > 0;
            }
        }
        return false;
    }

    /** The first counted update of a new process of a worker starts without a residual. */
    private void noteProcess(int worker, JsonNode said) {
        int process = said.path("process").asInt();
        if (!Objects.equals(processes.put(worker, process), process)) {
            reference.forget(worker);
        }
    }

    private void leaveAlone(Map<Integer, Member> asked, Map<Integer, JsonNode> answered) {
        for (int worker : List.copyOf(asked.keySet())) {
            if (!answered.containsKey(worker)) {
                if (job.joined().get(worker) == asked.get(worker)) {
                    LOG.warn("worker {} does not answer, the others continue", worker);
                    stalled.add(worker);
                }
                asked.remove(worker);
            }
        }
    }

    /** Ends the job and returns its summary. */
    Row summary() throws InterruptedException {
        job.finish(MeanWorker.LEAVE);
        return totals.into(head().put("summary", true), this)
            .put("joinSeconds", job.joining().toNanos() / 1e9)
            .put("lost", job.total("lost"))
            .put("late", job.total("late"))
            .put("duplicate", job.total("duplicate"))
            .put("stale", job.total("stale"))
            .put("foreign", job.total("foreign"))
            .put("rejected", job.total("rejected"))
            .put("cutOff", job.total("cutOff"))
            .put("resyncs", job.total("resyncs"))
            .put("restarted", job.restarted());
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
            .put("shards", plan.job().shards())
            .put("peers", plan.job().peers())
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

    /** Returns the error of the mean that a worker received, written by the first worker that can. */
    private double nmse(Set<Integer> holders, ReferenceMean.Energy energy) throws InterruptedException {
        Path file = job.directory().resolve("mean.f32");
        for (int worker : holders) {
            job.tell(worker, MeanWorker.WRITE + " " + file);
            if (job.await(worker, MeanWorker.WRITTEN, limit) != null) {
                double error = squaredError(file, energy);
                return error == 0 ? 0 : error / energy.squaredNorm();
            }
        }
        throw new IllegalStateException("every worker ended before it could write its mean");
    }

    private double squaredError(Path file, ReferenceMean.Energy energy) {
        try (FileChannel channel = FileChannel.open(file); Arena mapping = Arena.ofConfined()) {
            long bytes = (long) plan.dimension() * Float.BYTES;
            MemorySegment received = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, mapping);
            if (plan.draws().fixed()) {
                totals.addMean(received, reference.exactMean(), energy.squaredNorm());
            }
            return reference.squaredError(received);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e, e);
        }
    }

    /** Returns the bytes these senders would have sent as plain float32 in one direction. */
    long uncompressed(long senders) {
        return senders * plan.dimension() * Float.BYTES;
    }

    /** Returns the bits per coordinate of one sender's vector. */
    double wireBits(long bytes, long senders) {
        return (double) bytes * Byte.SIZE / ((double) senders * plan.dimension());
    }

    private static double seconds(JsonNode statistics, String field) {
        return statistics.path(field).asLong() / 1e9;
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
