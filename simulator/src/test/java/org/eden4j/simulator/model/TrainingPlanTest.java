package org.eden4j.simulator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageIterator;
import org.eden4j.simulator.data.ImageSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingPlanTest {
    /** Four replicas are equal at the end of each pass, so that one score represents all of them. */
    @ParameterizedTest
    @EnumSource
    void shouldEndEveryPassOfFourWorkersWithAnExchange(ImageModel model) throws IOException {
        ImageSet train = FashionMnist.embedded().train();
        for (TrainingPlan plan : List.of(TrainingPlan.full(model), TrainingPlan.quick(model))) {
            for (int worker = 0; worker < 4; worker++) {
                ImageSet shard = plan.shard(train, worker, 4, 1);
                assertEquals(0, plan.stepsPerEpoch(shard) % plan.every(), plan.toString());
                assertEquals(0, shard.size() % plan.batch(), "only full batches");
            }
        }
    }

    @Test
    void shouldTakeNoMoreImagesThanPlanned() throws IOException {
        ImageSet train = FashionMnist.embedded().train();
        assertEquals(1750, TrainingPlan.full(ImageModel.MLP).shard(train, 0, 4, 1).size());
        assertEquals(1000, TrainingPlan.quick(ImageModel.MLP).shard(train, 0, 4, 1).size());
    }

    @Test
    void shouldLowerTheLearningRateToNothingInTheSecondHalf() throws IOException {
        TrainingPlan plan = TrainingPlan.full(ImageModel.MLP).withEpochs(4);
        ImageSet shard = FashionMnist.embedded().train().first(100);
        MultiLayerNetwork network = plan.network(shard, 1);
        ImageIterator batches = plan.batches(shard, 0, 1);
        double[] expected = {1, 1, 1, .5, 0};
        for (int epoch = 0; epoch <= 4; epoch++) {
            assertEquals(expected[epoch] * plan.learningRate(), network.getLearningRate(0), 1e-9);
            network.fit(batches);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeDone() {
        TrainingPlan plan = TrainingPlan.full(ImageModel.LENET);
        assertEquals("every must be at least 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> plan.withEvery(0)).getMessage());
        assertEquals("epochs must be at least 1, got -1",
                assertThrows(IllegalArgumentException.class, () -> plan.withEpochs(-1)).getMessage());
        assertEquals("learning rate must be between 0 and 1, got NaN", assertThrows(IllegalArgumentException.class,
                () -> new TrainingPlan(ImageModel.MLP, 1, 1, 1, 1, Double.NaN))
            .getMessage());
    }
}
