package org.eden4j.simulator.advise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.eden4j.compressor.GradientCodec;
import org.eden4j.compressor.Method;

/**
 * The speed at which one processor of this machine encodes and decodes with a method.
 *
 * @param encode seconds per coordinate
 * @param decode seconds per coordinate
 */
record CodecSpeed(double encode, double decode) {
    private static final int COORDINATES = 1 << 16;
    /** The code is considered compiled and undisturbed when no pass has been faster for this time. */
    private static final long SETTLED_NS = 200_000_000;
    /** Nor in this many passes: on a busy machine only a few are interpreted in that time, all of the same speed. */
    private static final long SETTLED_PASSES = 50;
    private static final long MOST_NS = 60_000_000_000L;
    private static final double FASTER = .97;

    /** Measures the fastest pass; takes about half a second, and seconds until the code is compiled on a busy machine. */
    static CodecSpeed measure(Method method) {
        SplittableRandom random = new SplittableRandom(COORDINATES);
        try (Arena arena = Arena.ofConfined();
                GradientCodec codec = GradientCodec.of(method.forDimension(COORDINATES), COORDINATES)) {
            MemorySegment gradient = arena.allocate((long) COORDINATES * Float.BYTES, 64);
            for (int i = 0; i < COORDINATES; i++) {
                gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            MemorySegment sum = arena.allocate((long) codec.blocks().sumLength() * Float.BYTES, 64);
            GradientCodec.Payloads payloads = codec.newPayloads();
            return fastest(codec, gradient, payloads, sum);
        }
    }

    private static CodecSpeed fastest(GradientCodec codec, MemorySegment gradient, GradientCodec.Payloads payloads,
            MemorySegment sum) {
        double encoding = Double.POSITIVE_INFINITY;
        double decoding = Double.POSITIVE_INFINITY;
        long start = System.nanoTime();
        long improved = start;
        long improvedPass = 0;
        long passes = 0;
        for (long now = start; (now - improved < SETTLED_NS || passes - improvedPass < SETTLED_PASSES)
                && now - start < MOST_NS; passes++) {
            long begin = System.nanoTime();
            codec.encode(gradient, 1, passes, 0, payloads);
            long middle = System.nanoTime();
            codec.accumulate(payloads, 1, passes, 0, 1, sum);
            now = System.nanoTime();
            if (middle - begin < FASTER * encoding || now - middle < FASTER * decoding) {
                improved = now;
                improvedPass = passes;
            }
            encoding = Math.min(encoding, middle - begin);
            decoding = Math.min(decoding, now - middle);
            sum.fill((byte) 0);
        }
        return new CodecSpeed(encoding / 1e9 / COORDINATES, decoding / 1e9 / COORDINATES);
    }
}
