package org.eden4j.compressor;

import org.eden4j.compressor.kernel.KernelProvider;

/**
 * Tells whether the codecs of this JVM use SIMD. Results do not depend on it.
 *
 * <p>The system property {@value #PROPERTY} is {@code auto} (the default: the widest vectors of this machine, up to 512
 * bits), {@code 128}, {@code 256}, {@code 512} or {@code off}.
 */
public final class Simd {
    /** System property that overrides the choice. */
    public static final String PROPERTY = KernelProvider.PROPERTY;

    private Simd() {}

    /** Returns the vector width in use: 512, 256 or 128, or 0 for the scalar kernels. */
    public static int widthBits() {
        return KernelProvider.widthBits();
    }
}
