package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** The real thing: workers in threads of their own and an aggregator, over IPC with a media driver in this process. */
class EdenListenerOverAeronTest {
    private static final int DIMENSION = (int) Nets.network(new Sgd(.1), 1).numParams();
    private static MediaDriverHost driver;
    private static int jobs;

    @BeforeAll
    static void launch() {
        driver = MediaDriverHost.launch(16);
    }

    @AfterAll
    static void close() {
        driver.close();
    }

    @Test
    void shouldKeepReplicasEqualBitForBitAtFourBits() throws Exception {
        List<List<RoundResult>> rounds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        MultiLayerNetwork[] replicas = train(3, "eden:bits=4", "eden:bits=8",
                worker -> EdenListener.parameterAveraging(worker, 4).onRound(rounds.get(worker.index())::add));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[2]));
        assertNotEquals(ParameterHash.of(Nets.network(new Adam(.01), 1)), ParameterHash.of(replicas[0]));
        for (List<RoundResult> seen : rounds) {
            assertEquals(List.of(0L, 1L, 2L), seen.stream().map(RoundResult::round).toList(), "11 steps, every 4");
            assertTrue(seen.stream().allMatch(round -> round.contributed() && round.contributors() == 3));
        }
    }

    @Test
    void shouldComputeWhatOneProcessComputes() throws Exception {
        MultiLayerNetwork[] overAeron = train(2, "none", "none", EdenListener::gradientSharing);
        MultiLayerNetwork[] alone = new MultiLayerNetwork[2];
        InProcessJob job = new InProcessJob(2, DIMENSION, Method.parse("none"));
        InProcessJob.runAll(2, worker -> alone[worker] = fitted(worker, new GradientSharing(job.member(worker))));
        assertEquals(ParameterHash.of(alone[0]), ParameterHash.of(overAeron[0]));
        assertEquals(ParameterHash.of(alone[1]), ParameterHash.of(overAeron[1]));
    }

    @Test
    void shouldEndFitWhenTheAggregatorIsGone() {
        JobAddress address = nextJob();
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        Aggregator aggregator = Aggregator.builder(address, 1, Method.parse("drive")).start();
        try (Worker worker = Worker.builder(address, DIMENSION, Method.parse("drive")).join()) {
            network.addListeners(EdenListener.parameterAveraging(worker, 1));
            network.fit(batch);
            aggregator.close();
            String message = assertThrows(TransportException.class, () -> network.fit(batch)).getMessage();
            assertTrue(message.contains("aggregator"), message);
        }
    }

    private static MultiLayerNetwork[] train(int workers, String method, String downlink,
            Function<Worker, EdenListener> listener) throws Exception {
        JobAddress address = nextJob();
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[workers];
        try (Aggregator aggregator = Aggregator.builder(address, workers, Method.parse(method))
            .downlink(Method.parse(downlink))
            .start()) {
            InProcessJob.runAll(workers, index -> {
                try (Worker worker = Worker.builder(address, DIMENSION, Method.parse(method)).index(index).join()) {
                    replicas[index] = fitted(index, listener.apply(worker));
                }
            });
            assertTrue(aggregator.await(Duration.ofSeconds(20)), "the job ends when all have left");
        }
        assertEquals(workers, Arrays.stream(replicas).filter(replica -> replica != null).count());
        return replicas;
    }

    /** A replica with a start, a share and an order of its own, after 11 steps. */
    private static MultiLayerNetwork fitted(int index, EdenListener listener) {
        MultiLayerNetwork replica = Nets.network(new Adam(.01), index + 1);
        replica.addListeners(listener);
        replica.fit(new ListDataSetIterator<>(Nets.batches(11, 8, index + 1), 1));
        listener.finish();
        return replica;
    }

    private static JobAddress nextJob() {
        return JobAddress.ipc(driver.directory(), ++jobs);
    }
}
