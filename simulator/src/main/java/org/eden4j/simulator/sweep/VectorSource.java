package org.eden4j.simulator.sweep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.eden4j.simulator.input.Draws;

/**
 * The vectors of one group of trials as 64-byte aligned native memory; keeps those that are needed again. Valid until the
 * next call where the draws are random.
 */
final class VectorSource {
    private static final int ALIGNMENT = 64;

    private final Draws draws;
    private final float[] drawn;
    private final MemorySegment[] vectors;
    private final long[] trialOf;

    VectorSource(Draws draws, int dimension, int workers, Arena arena) {
        this.draws = draws;
        drawn = new float[dimension];
        boolean several = draws.fixed() && !draws.shared();
        vectors = new MemorySegment[several ? workers : 1];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = floats(arena, dimension);
        }
        trialOf = new long[vectors.length];
        Arrays.fill(trialOf, -1);
    }

    /** A vector of zeros. */
    static MemorySegment floats(Arena arena, int dimension) {
        return arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
    }

    /** The vector of a worker in a trial. */
    MemorySegment vector(long trial, int worker) {
        int slot = vectors.length == 1 ? 0 : worker;
        long draw = draws.fixed() ? 0 : trial;
        boolean held = trialOf[slot] == draw && (draws.shared() || draws.fixed() && slot == worker);
        if (!held) {
            draws.fill(trial, worker, drawn);
            MemorySegment.copy(drawn, 0, vectors[slot], ValueLayout.JAVA_FLOAT, 0, drawn.length);
            trialOf[slot] = draw;
        }
        return vectors[slot];
    }
}
