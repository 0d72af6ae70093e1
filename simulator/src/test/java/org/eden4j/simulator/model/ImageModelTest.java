package org.eden4j.simulator.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Sgd;

class ImageModelTest {
    @ParameterizedTest
    @EnumSource
    void shouldHaveAsManyParametersAsItSays(ImageModel model) {
        assertEquals(model.parameters(), model.create(new Sgd(.1), 1).numParams());
        assertEquals(model, ImageModel.parse(model.toString()));
    }

    @Test
    void shouldStartFromTheSeed() {
        assertEquals(ImageModel.MLP.create(new Sgd(.1), 5).params(), ImageModel.MLP.create(new Sgd(.1), 5).params());
        assertNotEquals(ImageModel.MLP.create(new Sgd(.1), 5).params(), ImageModel.MLP.create(new Sgd(.1), 6).params());
    }

    @Test
    void shouldRefuseTheSeedThatND4JDrawsFromTheClock() {
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> ImageModel.MLP.create(new Sgd(.1), 0)).getMessage()
                    .startsWith("seed must not be 0"));
    }

    @Test
    void shouldNameTheModelsThatThereAre() {
        assertEquals("unknown model 'resnet', choose one of mlp, lenet, batchnorm",
                assertThrows(IllegalArgumentException.class, () -> ImageModel.parse("resnet")).getMessage());
    }

    /**
     * An untrained network guesses: one image in ten is correct and the loss is near ln 10; after a quick plan most are
     * correct.
     */
    @Test
    void shouldLearnRealImagesByTheQuickPlan() throws IOException {
        FashionMnist data = FashionMnist.embedded();
        TrainingPlan plan = TrainingPlan.quick(ImageModel.MLP);
        ImageSet shard = plan.shard(data.train(), 0, 1, 1);
        MultiLayerNetwork network = plan.network(shard, 1);
        TestScore before = TestScore.of(network, data.test());
        assertTrue(before.accuracy() < .3 && before.loss() > 1.8, before.toString());
        network.fit(plan.batches(shard, 0, 1), plan.epochs());
        assertEquals(plan.epochs() * plan.stepsPerEpoch(shard), network.getIterationCount());
        TestScore after = TestScore.of(network, data.test());
        assertTrue(after.accuracy() > .75 && after.loss() < .8, after.toString());
    }
}
