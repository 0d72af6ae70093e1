package org.eden4j.simulator.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.Events;
import org.eden4j.simulator.process.JobSettings;
import org.eden4j.simulator.process.Joining;
import org.eden4j.transport.WarmUp;
import org.eden4j.transport.local.LocalJob;
import org.eden4j.transport.wire.FrameLayout;

/**
 * One training run whose workers are threads of this process and meet without Aeron. They learn what worker processes learn, bit
 * for bit, and count the bytes that those would send.
 */
final class InProcessRun {
    static final String CHANNEL = "in-process";

    private final String command;
    private final TrainSettings settings;
    private final LocalJob job;
    private final Consumer<Row> onEpoch;
    private final Runnable progress;
    /** By epoch and worker: what each has said. */
    private final Map<Integer, Map<Integer, JsonNode>> said = new TreeMap<>();
    private final List<Row> epochs = new ArrayList<>();
    private JsonNode layers;
    private Exception failure;

    /**
     * @param command the name that rows begin with
     * @param onEpoch is given the row of each epoch
     * @param progress is called at each exchange of each worker
     */
    InProcessRun(String command, TrainSettings settings, Consumer<Row> onEpoch, Runnable progress) {
        this.command = command;
        this.settings = settings;
        this.onEpoch = onEpoch;
        this.progress = progress;
        JobSettings terms = settings.job();
        job = LocalJob.builder(terms.workers(), terms.method().method())
            .downlink(terms.downlink().method())
            .jobSeed(terms.seed())
            .mtu(terms.mtu() == 0 ? FrameLayout.LARGEST_MTU : terms.mtu())
            .build();
    }

    /** Trains; the summary. */
    Row train() throws InterruptedException {
        WarmUp.worker(settings.model().parameters(), settings.job().method().method(),
                settings.job().downlink().method());
        List<Thread> threads = new ArrayList<>();
        for (int worker = 0; worker < settings.job().workers(); worker++) {
            int index = worker;
            threads.add(Thread.ofPlatform().name("worker " + index).start(() -> run(index)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            fail(e);
            throw e;
        }
        synchronized (this) {
            if (failure != null) {
                throw new IllegalStateException(failure.getMessage(), failure);
            }
            Row summary = Row.of(command);
            epochs.getLast().fields().forEach(summary::put);
            return summary.put("summary", true).put("layers", layers);
        }
    }

    private void run(int index) {
        try {
            settings.worker(index).run(job, event -> heard(index, event));
        } catch (Exception e) {
            fail(e);
        }
    }

    /** The first failure ends the others. */
    private synchronized void fail(Exception reason) {
        if (failure == null) {
            failure = reason;
            job.fail(String.valueOf(reason.getMessage()));
        }
    }

    private synchronized void heard(int worker, Row event) {
        switch ((String) event.get(Events.NAME)) {
            case Events.PROGRESS -> progress.run();
            case Joining.JOINED -> layers = fields(event).path(TrainWorker.LAYERS);
            case TrainWorker.EPOCH -> {
                JsonNode fields = fields(event);
                int epoch = fields.path("epoch").asInt();
                Map<Integer, JsonNode> all = said.computeIfAbsent(epoch, _ -> new TreeMap<>());
                all.put(worker, fields);
                if (all.size() == settings.job().workers()) {
                    Row row = EpochRow.of(command, settings, CHANNEL, said.remove(epoch));
                    epochs.add(row);
                    onEpoch.accept(row);
                }
            }
            default -> {
                // what only a job of processes needs
            }
        }
    }

    private static JsonNode fields(Row event) {
        return Json.parse(Json.line(event.fields()));
    }
}
