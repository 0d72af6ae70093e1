package org.eden4j.simulator.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * The float32 values at the start of a file, little endian.
 *
 * @param path the file, which must have at least as many values as the dimension
 */
record FileInput(Path path) implements Input {
    private static final int CHUNK_FLOATS = 1 << 18;

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public void draw(RandomGenerator random, float[] vector) {
        try (FileChannel channel = FileChannel.open(path)) {
            long held = Float32File.coordinates(path, channel);
            if (held < vector.length) {
                throw new IllegalArgumentException(
                        path + " holds " + held + " float32 values, the dimension is " + vector.length);
            }
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int first = 0; first < vector.length; first += CHUNK_FLOATS) {
                int count = Math.min(CHUNK_FLOATS, vector.length - first);
                chunk.clear();
                chunk.limit(count * Float.BYTES);
                while (chunk.hasRemaining()) {
                    if (channel.read(chunk) < 0) {
                        throw new IOException("the file was truncated while it was read");
                    }
                }
                chunk.flip();
                chunk.asFloatBuffer().get(vector, first, count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("input file " + path + " cannot be read: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "file:" + path;
    }
}
