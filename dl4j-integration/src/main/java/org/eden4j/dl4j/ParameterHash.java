package org.eden4j.dl4j;

import java.lang.foreign.ValueLayout;
import org.deeplearning4j.nn.api.Model;

/**
 * A 64-bit fingerprint of a network's parameters, which shows that replicas are equal bit for bit: two networks that
 * differ in any bit have the same hash with probability 2^-64. Not a cryptographic hash.
 *
 * <p>The state starts from the number of parameters. It absorbs their bits two parameters at a time ({@code -0.0} and
 * {@code 0.0} differ) and passes through the SplitMix64 finalizer after each pair (Steele, Lea, Flood, OOPSLA 2014,
 * Stafford's variant 13). Each step is a bijection of the state. Cost: one pass over the parameters.
 */
public final class ParameterHash {
    private static final ValueLayout.OfInt BITS = ValueLayout.JAVA_INT;

    private ParameterHash() {}

    /**
     * @param model a network with FLOAT parameters
     * @return the hash
     * @throws IllegalArgumentException if they are of another type
     */
    public static long of(Model model) {
        FlatArray parameters = FlatArray.of("parameters", model.params());
        long length = parameters.length();
        long state = mix(length);
        for (long i = 0; i < length; i += 2) {
            long low = parameters.floats().getAtIndex(BITS, i) & 0xFFFFFFFFL;
            long high = i + 1 < length ? parameters.floats().getAtIndex(BITS, i + 1) : 0;
            state = mix(state ^ (high << 32 | low));
        }
        return state;
    }

    private static long mix(long state) {
        long z = state + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
