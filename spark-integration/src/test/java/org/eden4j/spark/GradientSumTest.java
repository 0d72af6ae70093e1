package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Random;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.container.CompressedGradient;
import org.junit.jupiter.api.Test;

class GradientSumTest {
    private static final int DIMENSION = 100_000;

    private static float[] vector(int worker) {
        Random random = new Random(worker);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static CompressedGradient update(int worker, int round) {
        return Containers.encode(UpdateLayout.whole(DIMENSION, Method.parse("eden:bits=4")), 7, round, worker,
                vector(worker));
    }

    private static GradientSum sum(int worker) {
        return GradientSum.of(update(worker, 3), 10L * (worker + 1), worker, worker == 0);
    }

    /** (10 x0 + 20 x1 + 30 x2) / 60. */
    private static float[] expected() {
        float[] mean = new float[DIMENSION];
        for (int worker = 0; worker < 3; worker++) {
            update(worker, 3).accumulate((float) (10 * (worker + 1) / 60.), mean);
        }
        return mean;
    }

    @Test
    void shouldBeTheWeightedMeanWhateverTheShapeOfTheTree() {
        assertArrayEquals(expected(), sum(0).add(sum(1)).add(sum(2)).mean());
        assertArrayEquals(expected(), sum(2).add(new GradientSum().add(sum(1).add(sum(0)))).mean());
        GradientSum all = new GradientSum().add(sum(0)).add(sum(1)).add(sum(2));
        assertEquals(List.of(0, 1, 2), all.contributors());
        assertEquals(2, all.iteration());
        assertTrue(all.more());
    }

    @Test
    void shouldCountAWorkerOnceThatComesTwice() {
        GradientSum twice = sum(1).add(sum(0)).add(sum(1)).add(sum(2).add(sum(1)));
        assertEquals(List.of(0, 1, 2), twice.contributors());
        assertArrayEquals(expected(), twice.mean());
        assertEquals(update(0, 3).size() + update(1, 3).size() + update(2, 3).size(), twice.bytes());
    }

    @Test
    void shouldMoveAsTheContainersThatItHolds() throws Exception {
        GradientSum all = sum(0).add(sum(1)).add(sum(2));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(all);
        }
        assertTrue(bytes.size() < all.bytes() + 1000, bytes.size() + " bytes for " + all.bytes());
        GradientSum moved = (GradientSum) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))
            .readObject();
        assertArrayEquals(all.mean(), moved.mean());
    }

    @Test
    void shouldRefuseAnotherRound() {
        GradientSum later = GradientSum.of(update(1, 4), 1, 1, false);
        assertEquals("a sum of round 3 takes no update of round 4",
                assertThrows(IllegalArgumentException.class, () -> sum(0).add(later)).getMessage());
    }
}
