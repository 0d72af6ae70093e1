package org.eden4j.simulator.sweep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.eden4j.simulator.input.Draws;

/**
 * The vectors of one group of trials as 64-byte aligned native memory. Vectors that are needed again are kept, up to
 * {@value #MOST_BYTES} bytes; if not all are kept, a vector is valid until the next call.
 */
final class VectorSource {
    private static final int ALIGNMENT = 64;
    private static final long MOST_BYTES = 64 << 20;
    private static final int NOBODY = -1;

    private final Draws draws;
    private final float[] drawn;
    private final MemorySegment[] vectors;
    private final long[] trialOf;
    /** The worker of each vector; a single vector if all workers share it. */
    private final int[] workerOf;

    VectorSource(Draws draws, int dimension, int workers, Arena arena) {
        this.draws = draws;
        drawn = new float[dimension];
        boolean several = draws.fixed() && !draws.shared()
                && (long) workers * dimension * Float.BYTES <= MOST_BYTES;
        vectors = new MemorySegment[several ? workers : 1];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = floats(arena, dimension);
        }
        trialOf = new long[vectors.length];
        workerOf = new int[vectors.length];
        Arrays.fill(workerOf, NOBODY);
    }

    /** Allocates a vector of zeros. */
    static MemorySegment floats(Arena arena, int dimension) {
        return arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
    }

    /** Returns the vector of a worker in a trial. */
    MemorySegment vector(long trial, int worker) {
        int slot = vectors.length == 1 ? 0 : worker;
        int whose = draws.shared() ? 0 : worker;
        long draw = draws.fixed() ? 0 : trial;
        if (workerOf[slot] != whose || trialOf[slot] != draw) {
            draws.fill(trial, worker, drawn);
            MemorySegment.copy(drawn, 0, vectors[slot], ValueLayout.JAVA_FLOAT, 0, drawn.length);
            workerOf[slot] = whose;
            trialOf[slot] = draw;
        }
        return vectors[slot];
    }
}
