package org.eden4j.compressor;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Every method with parameters that take every path of its codec, and inputs for them. */
final class MethodSamples {
    private static final List<Method> ALL = Stream
        .of("none", "float16", "bfloat16", "eden:bits=0.3", "eden:bits=1", "eden:bits=2.5", "eden:bits=3,rounds=1",
                "eden:bits=4", "eden:bits=4,rounds=auto", "eden:bits=5,rotation=haar", "eden:bits=8,scale=matched",
                "drive", "drive:scale=biased", "turboquant-mse:bits=4", "matched-norm:bits=6",
                "turboquant-prod:bits=1", "turboquant-prod:bits=3,qjl=orthogonal", "sq:bits=3", "sq:bits=1,rotate=true",
                "qsgd:bits=2", "qsgd:bits=5,norm=linf,rotate=true", "terngrad", "terngrad:clip=2.5", "signsgd",
                "topk:fraction=0.01", "topk:fraction=0.3", "randk:fraction=0.05", "randk:fraction=1",
                "kashin:bits=2", "kashin:bits=7,iterations=1", "quicfl:bits=1", "quicfl:bits=4", "threshold",
                "threshold:sigma=2.5")
        .map(Method::parse)
        .toList();

    private MethodSamples() {}

    static List<Method> all() {
        return ALL;
    }

    /** The records that a method may be. */
    static List<Class<?>> kinds() {
        List<Class<?>> kinds = new ArrayList<>();
        collect(Method.class, kinds);
        return kinds;
    }

    private static void collect(Class<?> type, List<Class<?>> kinds) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, kinds);
            }
        } else {
            kinds.add(type);
        }
    }

    /** Blocks small enough for every method. */
    static int blockSize(Method method) {
        return method.toString().startsWith("turboquant-prod") ? 256 : 512;
    }

    /** Coordinates over four orders of magnitude, a tenth of them zero; the same on every JDK. */
    static float[] gradient(long seed, int dimension) {
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
