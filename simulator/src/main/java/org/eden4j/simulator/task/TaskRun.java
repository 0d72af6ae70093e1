package org.eden4j.simulator.task;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Consumer;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.GradientCodec;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.output.Row;

/** Solves a task with one method for updates and one for the change, in this process. */
final class TaskRun {
    private final String name;
    private final Task task;
    private final int workers;
    private final GivenMethod method;
    private final GivenMethod downlink;
    private final long seed;
    private long bytesUp;
    private long bytesDown;

    TaskRun(String name, Task task, int workers, GivenMethod method, GivenMethod downlink, long seed) {
        this.name = name;
        this.task = task;
        this.workers = workers;
        this.method = method;
        this.downlink = downlink;
        this.seed = seed;
    }

    /** Performs the rounds; emits a row for the start and one for each round. */
    void run(int rounds, Consumer<Row> rows) {
        float[] model = task.start();
        rows.accept(row(0, model));
        int dimension = task.dimension();
        try (GradientCodec up = codec(method.method()); GradientCodec down = codec(downlink.method())) {
            float[] update = new float[dimension];
            float[] sum = new float[up.blocks().sumLength()];
            float[] change = new float[dimension];
            float[] received = new float[down.blocks().sumLength()];
            for (int round = 1; round <= rounds; round++) {
                Arrays.fill(sum, 0);
                for (int worker = 0; worker < workers; worker++) {
                    task.update(worker, model, update);
                    bytesUp += pass(up, round, worker, update, 1f / workers, sum) + task.exactBytes();
                }
                up.finish(seed, round, MemorySegment.ofArray(sum));
                task.change(model, sum, change);
                Arrays.fill(received, 0);
                bytesDown += workers * (pass(down, round, BlockSeed.AGGREGATOR, change, 1, received)
                        + task.exactBytes());
                down.finish(seed, round, MemorySegment.ofArray(received));
                for (int i = 0; i < dimension; i++) {
                    model[i] += received[i];
                }
                rows.accept(row(round, model));
            }
        }
    }

    private GradientCodec codec(Method wanted) {
        return GradientCodec.of(wanted.forDimension(task.dimension()), task.dimension());
    }

    /** Passes a vector through a codec and adds what arrives; returns the number of bytes. */
    private long pass(GradientCodec codec, int round, int worker, float[] vector, float weight, float[] sum) {
        GradientCodec.Payloads payloads = codec.encode(MemorySegment.ofArray(vector), seed, round, worker);
        codec.accumulate(payloads, seed, round, worker, weight, MemorySegment.ofArray(sum));
        return payloads.totalBytes();
    }

    private Row row(int round, float[] model) {
        return Row.of("task")
            .put("task", name)
            .put("method", method.text())
            .put("downlink", downlink.text())
            .put("workers", workers)
            .put("dimension", task.dimension())
            .put("round", round)
            .put("objective", task.objective(model))
            .put("bytesUp", bytesUp)
            .put("bytesDown", bytesDown);
    }
}
