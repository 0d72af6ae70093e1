package org.eden4j.simulator.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest {
    @ParameterizedTest
    @ValueSource(strings = {"lognormal", "normal", "student-t:3", "gradients", "sparse:2,1", "sparse:2,-1.5,0.25",
            "geometric:0.5",
            "constant", "spike:0.1", "file:/some/where.f32"})
    void shouldReadAndWriteItsTextForm(String text) {
        assertEquals(text, Input.parse(text).toString());
        assertEquals(Input.parse(text), Input.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gauss", "normal:1", "student-t", "student-t:0", "student-t:x", "sparse", "sparse:",
            "sparse:1,,2", "geometric:1.5", "spike:-1", "spike:NaN", "file", "file:"})
    void shouldRejectWhatIsNoInput(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Input.parse(text)).getMessage();
        assertTrue(message.startsWith("input '" + text + "': "), message);
    }

    @Test
    void shouldFillFixedVectors() {
        assertArrayEquals(new float[]{2, 1, 0, 0}, draw("sparse:2,1", 4));
        assertArrayEquals(new float[]{1, .5f, .25f, .125f}, draw("geometric:0.5", 4));
        assertArrayEquals(new float[]{1, 1, 1}, draw("constant", 3));
        assertThrows(IllegalArgumentException.class, () -> draw("sparse:1,2,3", 2));
    }

    @Test
    void shouldGiveTheSpikeNoiseOfThatNorm() {
        float[] vector = draw("spike:0.1", 1000);
        vector[0] -= 1;
        assertEquals(.1, Math.sqrt(squares(vector)), 1e-6);
    }

    /** By chance: 1e-8, in four comparisons at six standard errors; of lognormal numbers the logarithms are compared. */
    @Test
    void shouldHaveTheMomentsOfTheirLaws() {
        int count = 200_000;
        // the variance of a squared normal is 2, of a squared t with 10 degrees of freedom 3 nu^2/((nu-2)(nu-4)) - var^2
        assertEquals(1, squares(draw("normal", count)) / count, 6 * Math.sqrt(2.0 / count));
        double variance = 10.0 / 8;
        double spread = 3 * 100 / (8.0 * 6) - variance * variance;
        assertEquals(variance, squares(draw("student-t:10", count)) / count, 6 * Math.sqrt(spread / count));
        float[] lognormal = draw("lognormal", count);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            lognormal[i] = (float) Math.log(lognormal[i]);
            sum += lognormal[i];
        }
        assertEquals(0, sum / count, 6 / Math.sqrt(count));
        assertEquals(1, squares(lognormal) / count, 6 * Math.sqrt(2.0 / count));
    }

    @Test
    void shouldTakePlacesInShippedGradients() {
        float[] one = draw("gradients", 4096);
        assertArrayEquals(one, draw("gradients", 4096));
        double fourth = 0;
        for (float x : one) {
            fourth += Math.pow(x, 4);
        }
        double kurtosis = 4096 * fourth / Math.pow(squares(one), 2);
        assertTrue(kurtosis > 4, "heavier tails than a normal law's 3: " + kurtosis);
        assertEquals("input gradients has vectors of up to 25450 coordinates, the dimension is 30000",
                assertThrows(IllegalArgumentException.class, () -> draw("gradients", 30_000)).getMessage());
    }

    @Test
    void shouldReadTheStartOfAFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("v.f32");
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(1.5f).putFloat(-2).putFloat(3);
        Files.write(file, bytes.array());
        assertArrayEquals(new float[]{1.5f, -2}, draw("file:" + file, 2));
        String message = assertThrows(IllegalArgumentException.class, () -> draw("file:" + file, 4)).getMessage();
        assertEquals(file + " holds 3 float32 values, the dimension is 4", message);
    }

    private static float[] draw(String text, int dimension) {
        float[] vector = new float[dimension];
        Input.parse(text).draw(new SplittableRandom(7), vector);
        return vector;
    }

    private static double squares(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        return sum;
    }
}
