package org.eden4j.simulator.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.Member;

/** Drives one training run and sums up what its workers report. */
final class TrainRun implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(500);
    /** Nobody is killed in one of this many epochs, the last ones: those who are lost before are back at the end. */
    private static final int CALM = 10;

    private final String command;
    private final TrainSettings settings;
    private final Job job;
    private final Killer killer;
    /** The last epoch in which processes are killed. */
    private final int killing;
    /** A row per part of an update, as a worker has said. */
    private JsonNode layers;
    /** By member: the epoch in which it has begun, 1 unless it has taken the place of a lost one. */
    private final Map<Member, Integer> firstEpochs = new HashMap<>();
    private final List<Row> epochs = new ArrayList<>();

    /** @param command the name that rows begin with */
    TrainRun(String command, TrainSettings settings) {
        this.command = command;
        this.settings = settings;
        // with the updater's state an update is longer, and the members say how long
        int dimension = settings.averageUpdaters() ? 0 : settings.model().parameters();
        job = new Job(settings.job(), dimension, settings::worker);
        killer = new Killer(job, settings.kill(), settings.killEvery(), settings.job().seed());
        killing = settings.plan().epochs() - Math.max(1, settings.plan().epochs() / CALM);
    }

    Row processes() {
        return Row.of(command).put("processes", job.processes());
    }

    String processesSentence() {
        return settings.job().method() + ": " + job.processesSentence();
    }

    /**
     * Brings the members together, see {@link Job#connect}.
     *
     * @return exchanges of all workers together, for a progress bar
     */
    long connect() throws InterruptedException {
        Map<Integer, JsonNode> joined = job.connect();
        layers = joined.values().iterator().next().path(TrainWorker.LAYERS);
        int every = settings.mode() == Mode.sharing ? 1 : settings.plan().every();
        return joined.values()
            .stream()
            .mapToLong(worker -> Math.ceilDiv(worker.path("steps").asLong(), (long) every))
            .sum();
    }

    /**
     * Trains.
     *
     * @param epoch is given the row of each epoch
     * @param progress is called at each exchange of each worker
     * @return the summary
     */
    Row train(Consumer<Row> epoch, Runnable progress) throws InterruptedException {
        job.onProgress(progress);
        job.onReplaced(worker -> job.tell(worker, TrainWorker.TRAIN));
        job.tell(TrainWorker.TRAIN);
        for (int number = 1; number <= settings.plan().epochs(); number++) {
            Map<Integer, JsonNode> said = epoch(number);
            // nobody reports an epoch in which every worker was lost: their replacements begin with a later one
            if (!said.isEmpty()) {
                Row row = EpochRow.of(command, settings, settings.job().channel().name(), said);
                epochs.add(row);
                epoch.accept(row);
            }
        }
        if (epochs.isEmpty()) {
            throw new IllegalStateException("no worker lived to the end of an epoch");
        }
        Row summary = Row.of(command);
        epochs.getLast().fields().forEach(summary::put);
        job.finish(TrainWorker.LEAVE);
        return summary.put("summary", true)
            .put("late", job.total("late"))
            .put("duplicate", job.total("duplicate"))
            .put("rejected", job.total("rejected"))
            .put("resyncs", job.total("resyncs"))
            .put("diverged", job.total("diverged"))
            .put("restarted", job.restarted())
            .put("kills", killer.kills())
            .put("rejoins", job.restarted())
            .put("layers", layers);
    }

    /** The workers' reports on an epoch; a worker that replaced a lost one may have started in a later epoch. */
    private Map<Integer, JsonNode> epoch(int number) throws InterruptedException {
        Map<Integer, JsonNode> said = new TreeMap<>();
        while (job.joined().isEmpty() || !said.keySet().containsAll(learning(number).keySet())) {
            learning(number).forEach((worker, member) -> {
                JsonNode epoch = job.take(worker, TrainWorker.EPOCH);
                if (epoch != null && epoch.path("epoch").asInt() == number) {
                    said.put(worker, epoch);
                }
                JsonNode started = job.take(worker, TrainWorker.STARTED);
                if (started != null) {
                    firstEpochs.put(member, started.path("epoch").asInt());
                }
            });
            job.listen(TICK);
            if (number <= killing) {
                killer.tick();
            }
            if (job.workers().isEmpty()) {
                throw new IllegalStateException("every worker has ended");
            }
        }
        return said;
    }

    /** Members that learn in an epoch: without processes that are still to take the places of lost ones. */
    private Map<Integer, Member> learning(int epoch) {
        return job.joined()
            .entrySet()
            .stream()
            .filter(joined -> firstEpochs.getOrDefault(joined.getValue(), 1) <= epoch)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The rows of all epochs so far. */
    List<Row> epochs() {
        return List.copyOf(epochs);
    }

    @Override
    public void close() {
        job.close();
    }
}
