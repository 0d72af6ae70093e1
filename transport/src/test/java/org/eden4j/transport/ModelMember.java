package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.RoundResult;

/** A member in a thread of this JVM that shares a model, and computes the expected model from the results of its exchanges. */
final class ModelMember {
    final Worker worker;
    final float[] model;
    private final float[] expected;
    private final MeanCheck check;
    /** Hashes of the model before each round. */
    final Map<Long, Integer> hashes = new ConcurrentHashMap<>();
    final List<RoundResult> results = new CopyOnWriteArrayList<>();

    ModelMember(Worker worker) {
        this.worker = worker;
        int dimension = worker.dimension();
        model = new float[dimension];
        expected = new float[dimension];
        check = new MeanCheck(worker.method(), DefaultMethods.means(), dimension, worker.mtu());
        Arrays.fill(model, 1 + worker.index());
    }

    /** Shares the model and exchanges updates. */
    Void run(LastRound last) {
        int dimension = model.length;
        worker.shareModel(MemorySegment.ofArray(model));
        if (worker.round() == 0) { // worker 0 supplies its model
            Arrays.fill(expected, 1);
        } else {
            System.arraycopy(model, 0, expected, 0, dimension);
        }
        assertArrayEquals(expected, model);
        while (last.includes(worker.round())) {
            float[] update = MemberProcess.update(dimension, worker.index(), worker.round());
            float[] mean = new float[dimension];
            RoundResult result = worker.exchange(MemorySegment.ofArray(update), 1, MemorySegment.ofArray(mean));
            if (result.resynchronised()) { // a killed shard did not send the mean: the others have it
                System.arraycopy(model, 0, expected, 0, dimension);
            } else {
                results.add(result);
                float[] right = check.assertRight(result, mean);
                for (int i = 0; i < dimension; i++) {
                    expected[i] += right[i];
                }
                assertArrayEquals(expected, model);
            }
            hashes.put(worker.round(), Arrays.hashCode(model));
        }
        return null;
    }
}
