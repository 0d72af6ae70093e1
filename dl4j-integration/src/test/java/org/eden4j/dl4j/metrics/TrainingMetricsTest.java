package org.eden4j.dl4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.dl4j.EdenParallelTrainer;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The measurements agree with the aggregator's account of the job. */
@Timeout(120)
class TrainingMetricsTest {
    private static final int INPUTS = 64;
    static final int WORKERS = 2;

    /** A network of 64 x 32 + 32 + 32 x 3 + 3 parameters, of which the first 2048 are compressed. */
    static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1)
            .updater(new Sgd(.1))
            .list()
            .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(32).activation(Activation.TANH).build())
            .layer(new OutputLayer.Builder().nIn(32).nOut(3).activation(Activation.SOFTMAX).build())
            .build());
        network.init();
        return network;
    }

    static ListDataSetIterator<DataSet> batches(int count) {
        Random random = new Random(5);
        List<DataSet> batches = new ArrayList<>();
        for (int batch = 0; batch < count; batch++) {
            INDArray features = Nd4j.create(8, INPUTS);
            INDArray labels = Nd4j.create(8, 3);
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < INPUTS; j++) {
                    features.putScalar(i, j, random.nextGaussian());
                }
                labels.putScalar(i, features.getDouble(i, 0) > 0 ? 0 : features.getDouble(i, 1) > 0 ? 1 : 2, 1);
            }
            batches.add(new DataSet(features, labels));
        }
        return new ListDataSetIterator<>(batches, 1);
    }

    /** Trains two replicas that report to these sinks; returns the aggregator's account of each round. */
    static List<RoundStatistics> train(TrainingMetrics metrics, int rounds) {
        List<RoundStatistics> statistics = new CopyOnWriteArrayList<>();
        EdenParallelTrainer.builder(network())
            .workers(WORKERS)
            .gradientSharing()
            .metrics(metrics)
            .onRound(statistics::add)
            .build()
            .fit(batches(rounds * WORKERS));
        return statistics;
    }

    @Test
    void shouldCountWhatTheJobCounts() {
        List<RoundMetrics> measured = new CopyOnWriteArrayList<>();
        int rounds = 20;
        List<RoundStatistics> statistics = train(
                TrainingMetrics.builder().errorsEvery(5).to(measured::add).build(), rounds);
        assertEquals(rounds * WORKERS, measured.size());
        long up = 0;
        long down = 0;
        for (int worker = 0; worker < WORKERS; worker++) {
            int index = worker;
            List<RoundMetrics> own = measured.stream().filter(round -> round.worker() == index).toList();
            RoundMetrics.Total total = own.getLast().total();
            assertEquals(rounds, total.rounds());
            assertEquals(0, total.missed() + total.resynchronised() + total.absent());
            assertEquals(total.bytesUp(), own.stream().mapToLong(round -> round.result().bytesUp()).sum());
            assertEquals(total.exchangeNs(), own.stream().mapToLong(RoundMetrics::exchangeNs).sum());
            assertTrue(total.exchangeShare() > 0 && total.exchangeShare() <= 1, "share " + total.exchangeShare());
            long parameters = network().numParams();
            assertEquals(rounds * parameters * Float.BYTES, total.bytesUncompressed());
            assertEquals(8.0 * total.bytesUp() / (rounds * parameters), total.wireBitsUp(), 1e-9);
            assertEquals(8.0 * total.bytesDown() / (rounds * parameters), total.wireBitsDown(), 1e-9);
            assertEquals(64 / (total.wireBitsUp() + total.wireBitsDown()), total.ratio(), 1e-9);
            up += total.bytesUp();
            down += total.bytesDown();
            for (RoundMetrics round : own) {
                boolean due = (round.total().rounds() - 1) % 5 == 0;
                assertEquals(due ? 1 : 0, round.errors().size(), "round " + round.result().round());
            }
        }
        assertEquals(statistics.stream().mapToLong(RoundStatistics::bytesUp).sum(), up);
        assertEquals(statistics.stream().mapToLong(RoundStatistics::bytesDown).sum(), down);
    }

    /**
     * The error of 200 Gaussian updates of 2048 coordinates is .0096 at 4 bits. One update has a standard deviation of
     * about 5 %, the mean of 200 of about .4 %: 3 % is more than 7 standard errors. By chance: 1e-11.
     */
    @Test
    void shouldMeasureTheErrorOfEachCompressedPart() {
        UpdateLayout layout = UpdateLayout
            .parse("2048 eden:bits=4 0_W\n100 none 0_b\n700 absent 1_W\n1024 drive 2_W\n");
        MemberMetrics[] member = new MemberMetrics[1];
        List<RoundMetrics> measured = new ArrayList<>();
        member[0] = TrainingMetrics.builder().errorsEvery(1).to(measured::add).build().member(3, layout);
        Random random = new Random(7);
        double[] sums = new double[2];
        for (int round = 0; round < 200; round++) {
            float[] update = new float[layout.dimension()];
            for (int i = 0; i < update.length; i++) {
                update[i] = (float) random.nextGaussian();
            }
            member[0].exchanging(MemorySegment.ofArray(update), round);
            member[0].exchanged(result(round, List.of()));
            Map<String, Double> errors = measured.getLast().errors();
            assertEquals(2, errors.size(), errors.toString());
            sums[0] += errors.get("0_W") / 200;
            sums[1] += errors.get("2_W") / 200;
        }
        assertEquals(Method.parse("eden:bits=4").vnmse().orElseThrow(), sums[0], .03 * sums[0]);
        assertEquals(Method.parse("drive").vnmse().orElseThrow(), sums[1], .03 * sums[1]);
        assertEquals(3172, measured.getLast().coordinates());
        assertEquals(3, measured.getLast().worker());
    }

    /** Under a schedule, errors are those of the round's method; uncompressed parts have none. */
    @Test
    void shouldMeasureTheMethodOfTheRound() {
        UpdateLayout layout = UpdateLayout.parse("2048 none;eden:bits=4@1;drive@2 0_W\n");
        List<RoundMetrics> measured = new ArrayList<>();
        MemberMetrics member = TrainingMetrics.builder().errorsEvery(1).to(measured::add).build().member(0, layout);
        Random random = new Random(7);
        float[] update = new float[2048];
        for (int i = 0; i < update.length; i++) {
            update[i] = (float) random.nextGaussian();
        }
        for (int round = 0; round < 3; round++) {
            member.exchanging(MemorySegment.ofArray(update), round);
            member.exchanged(result(round, List.of()));
        }
        assertEquals(Map.of(), measured.get(0).errors());
        assertEquals(.0096, measured.get(1).errors().get("0_W"), .002);
        assertEquals(.571, measured.get(2).errors().get("0_W"), .1);
    }

    private static RoundResult result(long round, List<CoordinateRange> uncounted) {
        return new RoundResult(round, 1, 2, 2, List.of(0, 1), Map.of(), false, uncounted, List.of(), 1000, 3000, 0, 0,
                0, OptionalDouble.empty());
    }

    @Test
    void shouldSayInOneLineWhatAnOperatorAsksFor() {
        List<RoundMetrics> measured = new ArrayList<>();
        UpdateLayout layout = UpdateLayout.parse("2048 eden:bits=4 0_W\n");
        MemberMetrics member = TrainingMetrics.builder().to(measured::add).build().member(1, layout);
        member.exchanging(MemorySegment.ofArray(new float[2048]), 0);
        member.exchanged(result(0, List.of()));
        member.exchanging(MemorySegment.ofArray(new float[2048]), 1);
        member.exchanged(result(1, List.of(new CoordinateRange(0, 5))));
        String line = LogSink.line(measured.getLast());
        assertTrue(line.startsWith("worker 1, round 1: 0.0 MB up, 0.0 MB down in 2 rounds, 4.1 times fewer than float32"
                + " (3.91 and 11.72 bits per coordinate); exchange "), line);
        assertTrue(line.endsWith("; 1 updates not counted as a whole, 5 coordinates left out"), line);
    }

    @Test
    void shouldGoOnWhereASinkThrows() {
        List<RoundMetrics> measured = new CopyOnWriteArrayList<>();
        MetricsSink broken = _ -> {
            throw new IllegalStateException("no disk");
        };
        train(TrainingMetrics.builder().logEvery(1).to(broken).to(measured::add).build(), 2);
        assertEquals(2 * WORKERS, measured.size());
        assertThrows(IllegalArgumentException.class, () -> TrainingMetrics.builder().logEvery(-1));
    }
}
