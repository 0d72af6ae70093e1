package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The state besides the parameters that a replica needs to take the job's next step. */
class RemainderTest {
    private static final int CHECKPOINT = 8;

    /**
     * The first member resumes from a checkpoint after whose step 8 the learning rate falls; the second one is new.
     * Without the remainder its steps would be numbered from 0.
     */
    @ParameterizedTest
    @CsvSource({"none,averaging,false", "none,averaging,true", "eden:bits=4,averaging,true", "drive,averaging,true",
            "eden:bits=4,sharing,false", "drive,sharing,true"})
    void shouldGoOnFromTheCheckpointOfTheFirstMember(String method, String mode, boolean atOnce, @TempDir Path folder)
            throws Exception {
        MultiLayerNetwork begun = network(1);
        begun.fit(new ListDataSetIterator<>(Nets.batches(4, 8, 3), 1), 2);
        begun.save(folder.resolve("network.zip").toFile(), true);
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        InProcessJob job = new InProcessJob(2, (int) begun.numParams(), Method.parse(method));
        InProcessJob.runAll(2, worker -> {
            MultiLayerNetwork replica = worker == 0
                    ? MultiLayerNetwork.load(folder.resolve("network.zip").toFile(), true)
                    : network(9);
            replicas[worker] = replica;
            EdenListener listener = mode.equals("sharing") ? new GradientSharing(job.member(worker))
                    : new ParameterAveraging(job.member(worker), 4);
            if (atOnce) {
                listener.replicate(replica);
                assertEquals(begun.updaterState(), replica.updaterState());
            }
            replica.addListeners(listener);
            replica.fit(new ListDataSetIterator<>(Nets.batches(5, 8, worker + 1), 1));
            listener.finish();
        });
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        for (MultiLayerNetwork replica : replicas) {
            assertEquals(CHECKPOINT + 5, replica.getIterationCount());
            assertEquals(3, replica.getEpochCount());
            assertEquals(.001, replica.getLearningRate(0));
        }
        assertTrue(Nets.relativeDifference(replicas[0].params(), begun.params()) > 1e-4, "it learns");
    }

    private static MultiLayerNetwork network(long seed) {
        return Nets.network(
                new Adam(new MapSchedule(ScheduleType.ITERATION, Map.of(0, .01, CHECKPOINT, .001))), seed);
    }
}
