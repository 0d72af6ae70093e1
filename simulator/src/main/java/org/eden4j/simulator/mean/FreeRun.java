package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Map;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.JobSettings;

/** A job of mean estimation whose workers run their rounds independently, with a pause after each. */
public final class FreeRun implements AutoCloseable {
    private final MeanPlan plan;
    private final Arena arena = Arena.ofShared();
    private final Job job;
    private final long rounds;
    private final long pauseMs;
    private RoundJudge judge;

    public FreeRun(JobSettings settings, int dimension, Draws draws, long rounds, long pauseMs) {
        plan = new MeanPlan(settings, dimension, draws);
        this.rounds = rounds;
        this.pauseMs = pauseMs;
        job = new Job(settings, dimension, plan::worker);
        job.onReplaced(this::start);
    }

    public Job job() {
        return job;
    }

    /** Lets all members join, then starts the workers. */
    public void start() throws InterruptedException {
        Map<Integer, JsonNode> joined = job.connect();
        Method method = plan.method();
        judge = new RoundJudge(new ReferenceMean(plan.draws(), plan.dimension(), method, plan.downlink(), false,
                joined.get(0).path("mtu").asInt(), arena));
        joined.keySet().forEach(this::start);
    }

    private void start(int worker) {
        job.tell(worker, MeanWorker.RUN + " " + rounds + " " + pauseMs);
    }

    /** Returns the judge; null before the start. */
    public RoundJudge judge() {
        return judge;
    }

    /** Returns the next event of a worker about a round, or null. */
    public JsonNode next(int worker) {
        return job.take(worker, MeanWorker.ROUND);
    }

    /** Returns whether a worker has finished. */
    public boolean hasFinished(int worker) {
        return job.take(worker, MeanWorker.FINISHED) != null;
    }

    /** Makes a worker leave; its process ends normally. */
    public void dismiss(int worker) {
        job.tell(worker, MeanWorker.LEAVE);
    }

    /** Ends the job. */
    public void finish() throws InterruptedException {
        job.finish(MeanWorker.LEAVE);
    }

    /** Handles events for a short time. */
    public void listen(Duration moment) throws InterruptedException {
        job.listen(moment);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            job.close();
            arena.close();
        }
    }
}
