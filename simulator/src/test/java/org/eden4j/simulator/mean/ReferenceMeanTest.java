package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.eden4j.compressor.None;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.Json;
import org.junit.jupiter.api.Test;

class ReferenceMeanTest {
    private static final int DIMENSION = 700;
    private static final int MTU = 1408;
    private static final Draws DRAWS = new Draws(Input.parse("normal"), Vectors.parse("independent"), false, 9);

    /** Uncompressed, blocks are runs of 330 coordinates at this MTU. */
    @Test
    void shouldDivideEachBlockByWhatWasCountedOfIt() {
        BitSet second = new BitSet();
        second.set(1);
        try (Arena arena = Arena.ofConfined()) {
            ReferenceMean reference = new ReferenceMean(DRAWS, DIMENSION, new None(), new None(), MTU, arena);
            reference.compute(3, new Counted(List.of(0), new TreeMap<>(java.util.Map.of(1, second))));
            float[] first = draw(0);
            float[] other = draw(1);
            assertEquals(first[0], at(reference, 0));
            assertEquals(first[329], at(reference, 329));
            assertEquals((first[330] + other[330]) * .5f, at(reference, 330));
            assertEquals((first[659] + other[659]) * .5f, at(reference, 659));
            assertEquals(first[660], at(reference, 660));
        }
    }

    @Test
    void shouldLeaveABlockZeroThatNobodyDelivered() {
        BitSet first = new BitSet();
        first.set(0);
        try (Arena arena = Arena.ofConfined()) {
            ReferenceMean reference = new ReferenceMean(DRAWS, DIMENSION, new None(), new None(), MTU, arena);
            ReferenceMean.Energy energy = reference.compute(3,
                    new Counted(List.of(), new TreeMap<>(java.util.Map.of(0, first, 1, new BitSet()))));
            assertEquals(draw(0)[100], at(reference, 100));
            assertEquals(0, at(reference, 400));
            double squares = 0;
            for (int worker = 0; worker < 2; worker++) {
                for (float x : draw(worker)) {
                    squares += (double) x * x;
                }
            }
            assertEquals(squares / 2, energy.squaredNorm(), 1e-9 * squares);
            assertNotEquals(0, energy.squaredNormOfMean());
        }
    }

    @Test
    void shouldReadTheAggregatorsAccount() {
        Counted counted = Counted.of(Json.parse(
                "{\"contributors\":[0,2],\"partial\":[{\"worker\":2,\"blocks\":\"05\"},{\"worker\":3,\"blocks\":\"\"}]}"));
        assertEquals(List.of(0, 2, 3), List.copyOf(counted.participants()));
        assertEquals(2, counted.count(0));
        assertEquals(1, counted.count(1));
        assertEquals(2, counted.count(2));
        assertEquals(1, counted.count(9));
    }

    private static float[] draw(int worker) {
        float[] vector = new float[DIMENSION];
        DRAWS.fill(3, worker, vector);
        return vector;
    }

    private static float at(ReferenceMean reference, int i) {
        return reference.mean().getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }
}
