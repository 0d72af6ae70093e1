package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.compressor.elementwise.None;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.Json;
import org.eden4j.transport.job.CoordinateRange;
import org.junit.jupiter.api.Test;

class ReferenceMeanTest {
    private static final int DIMENSION = 700;
    private static final int MTU = 1408;
    private static final Draws DRAWS = new Draws(Input.parse("normal"), Vectors.parse("independent"), false, 9);

    /** Uncompressed, blocks are runs of 330 coordinates at this MTU. */
    @Test
    void shouldDivideEachBlockByWhatWasCountedOfIt() {
        List<CoordinateRange> second = List.of(new CoordinateRange(330, 660));
        try (Arena arena = Arena.ofConfined()) {
            ReferenceMean reference = new ReferenceMean(DRAWS, DIMENSION, new None(), new None(), false, MTU, arena);
            reference.compute(3, new Counted(List.of(0), new TreeMap<>(Map.of(1, second))));
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
        List<CoordinateRange> first = List.of(new CoordinateRange(0, 330));
        try (Arena arena = Arena.ofConfined()) {
            ReferenceMean reference = new ReferenceMean(DRAWS, DIMENSION, new None(), new None(), false, MTU, arena);
            ReferenceMean.Energy energy = reference.compute(3,
                    new Counted(List.of(), new TreeMap<>(Map.of(0, first, 1, List.of()))));
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
    void shouldReadWhatAMemberTells() {
        Counted counted = Counted.of(Json.parse(
                "{\"contributors\":[0,2],\"partial\":{\"2\":[[0,330],[660,700]],\"3\":[]}}"));
        assertEquals(List.of(0, 2, 3), List.copyOf(counted.participants()));
        assertEquals(2, counted.count(329));
        assertEquals(1, counted.count(330));
        assertEquals(2, counted.count(660));
        assertEquals(1, counted.count(700));
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
