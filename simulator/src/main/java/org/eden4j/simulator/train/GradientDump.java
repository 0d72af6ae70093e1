package org.eden4j.simulator.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/**
 * Writes the gradients of a worker's steps 1, 4, 16, 64 and so on to a directory, as {@code gradient-STEP.f32}: little-endian float32, a
 * mean over the batch, before the updater and before anything is exchanged.
 */
final class GradientDump extends BaseTrainingListener {
    private final Path directory;
    private long steps;
    private long next = 1;

    GradientDump(Path directory) {
        this.directory = directory;
    }

    @Override
    public void onGradientCalculation(Model model) {
        if (++steps != next) {
            return;
        }
        next *= 4;
        MultiLayerNetwork network = (MultiLayerNetwork) model;
        float[] gradient = network.getGradientsViewArray().toFloatVector();
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * gradient.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : gradient) {
            bytes.putFloat(value / network.batchSize());
        }
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve("gradient-" + steps + ".f32"), bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException("--dump-gradients " + directory + " cannot be written: " + e, e);
        }
    }
}
