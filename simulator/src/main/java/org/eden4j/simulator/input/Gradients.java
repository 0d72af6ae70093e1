package org.eden4j.simulator.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPInputStream;

/**
 * Consecutive coordinates of a gradient of a network in training, from a random position. The gradients are part of the
 * program: those of the 25,450 parameters of {@code mlp} on Fashion-MNIST, of the first of four workers, at steps 1, 16
 * and 64.
 *
 * <pre>
 * ./eden train --model mlp --mode sharing --workers 4 --epochs 2 --dump-gradients DIR
 * </pre>
 */
record Gradients() implements Input {
    private static final List<String> FILES = List.of("mlp-1.f32.gz", "mlp-16.f32.gz", "mlp-64.f32.gz");
    private static final int TRIES = 1000;

    /** The gradients, read once. */
    private static final class Held {
        static final List<float[]> ALL = FILES.stream().map(Held::read).toList();

        private static float[] read(String name) {
            try (InputStream file = Gradients.class.getResourceAsStream("gradients/" + name);
                    InputStream values = new GZIPInputStream(file)) {
                ByteBuffer bytes = ByteBuffer.wrap(values.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
                float[] gradient = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(gradient);
                return gradient;
            } catch (IOException e) {
                throw new UncheckedIOException("the shipped gradient " + name + " cannot be read: " + e, e);
            }
        }
    }

    @Override
    public boolean random() {
        return true;
    }

    @Override
    public void draw(RandomGenerator random, float[] vector) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            float[] gradient = Held.ALL.get(random.nextInt(Held.ALL.size()));
            if (gradient.length < vector.length) {
                throw new IllegalArgumentException("input gradients has vectors of up to " + gradient.length
                        + " coordinates, the dimension is " + vector.length);
            }
            int first = random.nextInt(gradient.length - vector.length + 1);
            System.arraycopy(gradient, first, vector, 0, vector.length);
            for (float value : vector) {
                if (value != 0) {
                    return;
                }
            }
        }
        throw new IllegalStateException("the shipped gradients contain only zeros");
    }

    @Override
    public String toString() {
        return "gradients";
    }
}
