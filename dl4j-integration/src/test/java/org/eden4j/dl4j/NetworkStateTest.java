package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class NetworkStateTest {
    @Test
    void shouldLetAnotherNetworkGoOnBitForBit() {
        MultiLayerNetwork one = Nets.network(new Adam(.01), 1);
        Nets.batches(3, 8, 1).forEach(one::fit);
        MultiLayerNetwork other = Nets.network(new Adam(.01), 2);
        NetworkState.of(one).copyTo(other);
        assertEquals(3, other.getIterationCount());
        one.fit(Nets.batches(4, 8, 1).getLast());
        other.fit(Nets.batches(4, 8, 1).getLast());
        assertEquals(ParameterHash.of(one), ParameterHash.of(other));
        assertEquals(one.updaterState(), other.updaterState());
    }

    @Test
    void shouldRefuseTheStateOfANetworkOfAnotherSize() {
        NetworkState state = NetworkState.of(Nets.network(new Adam(.01), 1));
        assertEquals("a state of 3116 bytes is not of this network, whose state has 1044",
                assertThrows(IllegalArgumentException.class, () -> state.copyTo(Nets.network(new Sgd(.1), 1)))
                    .getMessage());
    }
}
