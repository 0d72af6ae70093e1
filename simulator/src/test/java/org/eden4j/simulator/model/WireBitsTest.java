package org.eden4j.simulator.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;

/** The cost of separate parts on the wire: bits per parameter of whole frames, as {@code wireBitsUp} counts them. */
class WireBitsTest {
    @ParameterizedTest
    @CsvSource({"65504,4.15", "1408,4.25"})
    void shouldSendLenetAtFourBits(int mtu, double most) {
        double bits = bits(ImageModel.LENET, Method.parse("eden:bits=4"), mtu);
        assertTrue(bits > 4 && bits <= most, bits + " bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=8", "eden:bits=4", "eden:bits=3", "eden:bits=2", "eden:bits=1", "drive"})
    void shouldCostLittleMoreThanAVectorWithoutParts(String text) {
        Method method = Method.parse(text);
        for (int mtu : new int[]{65504, 1408}) {
            double flat = (double) Byte.SIZE
                    * FrameLayout.of(method, ImageModel.BATCHNORM.parameters(), mtu).totalBytes()
                    / ImageModel.BATCHNORM.parameters();
            double more = bits(ImageModel.BATCHNORM, method, mtu) - flat;
            assertTrue(more > 0 && more <= .20, more + " bits more at MTU " + mtu);
        }
    }

    private static double bits(ImageModel model, Method method, int mtu) {
        MultiLayerNetwork network = model.create(new Sgd(.1), 1);
        FrameLayout frames = FrameLayout.of(LayerRules.standard().layout(network, method), mtu);
        return (double) Byte.SIZE * frames.totalBytes() / network.numParams();
    }
}
