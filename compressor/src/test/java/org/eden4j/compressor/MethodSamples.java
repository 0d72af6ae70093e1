package org.eden4j.compressor;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** The registry's examples, which cover every path of the codecs, and inputs for them. */
public final class MethodSamples {
    private MethodSamples() {}

    public static List<Method> all() {
        return Methods.examples();
    }

    /** Returns the registered types. */
    public static Set<MethodType> types() {
        return Set.copyOf(Methods.types());
    }

    /** Returns a block size that every method supports. */
    public static int blockSize(Method method) {
        return method.toString().startsWith("turboquant-prod") ? 256 : 512;
    }

    /** Returns coordinates over four orders of magnitude, a tenth of them zero; the same on every JDK. */
    public static float[] gradient(long seed, int dimension) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            int bits = random.nextInt();
            float mantissa = (bits >> 8) * 0x1p-23f;
            x[i] = (bits & 15) == 0 ? 0 : Math.scalb(mantissa, (bits & 0xF0) >> 4) / 16384;
        }
        return x;
    }
}
