package org.eden4j.simulator.claims;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;

/** Encodes and decodes a vector as one block with one of the project's codecs. Not thread-safe. */
final class CodecTrip implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Arena arena = Arena.ofConfined();
    private final BlockCodec codec;
    private final int dimension;
    private final MemorySegment vector;
    private final MemorySegment decoded;
    private final MemorySegment payload;
    private final float[] estimate;

    /**
     * Creates the codec.
     *
     * @param method text form of the method
     * @param dimension a power of two, at least 128
     */
    CodecTrip(String method, int dimension) {
        codec = BlockCodec.of(Method.parse(method));
        this.dimension = dimension;
        vector = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
        decoded = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
        payload = arena.allocate(codec.payloadBytes(dimension), ALIGNMENT);
        estimate = new float[dimension];
    }

    /**
     * The decoded vector x^ compared with x.
     *
     * @param squaredNorm |x|^2
     * @param dot &lt;x^,x&gt;
     * @param squaredEstimate |x^|^2
     */
    record Return(double squaredNorm, double dot, double squaredEstimate) {
        /** Returns |x^ - x|^2 / |x|^2. */
        double error() {
            return (squaredEstimate - 2 * dot + squaredNorm) / squaredNorm;
        }

        /** Returns |x^ - x|^2 / d. */
        double errorPerCoordinate(int dimension) {
            return error() * squaredNorm / dimension;
        }
    }

    /**
     * Encodes and decodes a vector.
     *
     * @param rotation number of the rotation: equal numbers and seeds give equal rotations
     */
    Return go(float[] x, long seed, long rotation) {
        BlockSeed blockSeed = BlockSeed.of(seed, rotation, 0, 0);
        MemorySegment.copy(x, 0, vector, FLOAT, 0, dimension);
        decoded.fill((byte) 0);
        int length = codec.encode(vector, 0, dimension, blockSeed, payload, 0);
        codec.accumulate(payload, 0, length, dimension, blockSeed, 1, decoded, 0);
        codec.finish(dimension, blockSeed, decoded, 0);
        MemorySegment.copy(decoded, FLOAT, 0, estimate, 0, dimension);
        double squaredNorm = 0;
        double dot = 0;
        double squaredEstimate = 0;
        for (int i = 0; i < dimension; i++) {
            squaredNorm += (double) x[i] * x[i];
            dot += (double) estimate[i] * x[i];
            squaredEstimate += (double) estimate[i] * estimate[i];
        }
        return new Return(squaredNorm, dot, squaredEstimate);
    }

    /** Returns the estimate of the last vector; overwritten by the next call. */
    float[] estimate() {
        return estimate;
    }

    @Override
    public void close() {
        arena.close();
    }
}
