package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

class ParameterHashTest {
    @Test
    void shouldTellEveryBitOfEveryParameterApart() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        INDArray parameters = network.params();
        Set<Long> hashes = new HashSet<>();
        hashes.add(ParameterHash.of(network));
        for (int i = 0; i < parameters.length(); i++) {
            float original = parameters.getFloat(i);
            for (int bit = 0; bit < 32; bit++) {
                float changed = Float.intBitsToFloat(Float.floatToRawIntBits(original) ^ 1 << bit);
                if (!Float.isNaN(changed)) {
                    parameters.putScalar(i, changed);
                    assertTrue(hashes.add(ParameterHash.of(network)), "parameter " + i + " bit " + bit);
                }
            }
            parameters.putScalar(i, original);
        }
        assertEquals(ParameterHash.of(Nets.network(new Sgd(.1), 1)), ParameterHash.of(network), "restored");
    }

    @Test
    void shouldDependOnTheOrderOfParameters() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        long before = ParameterHash.of(network);
        float first = network.params().getFloat(0);
        network.params().putScalar(0, network.params().getFloat(1));
        network.params().putScalar(1, first);
        assertTrue(before != ParameterHash.of(network));
    }
}
