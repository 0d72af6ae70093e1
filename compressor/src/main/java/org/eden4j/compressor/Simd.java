package org.eden4j.compressor;

import org.eden4j.compressor.kernel.KernelProvider;

/**
 * Whether the codecs of this JVM run on vectors. Results do not depend on it.
 *
 * <p>The system property {@value #PROPERTY} is {@code auto} (the default: the widest vectors of this machine, at most 512
 * bits), {@code 128}, {@code 256}, {@code 512} or {@code off}.
 */
public final class Simd {
    /** The system property that overrides the choice. */
    public static final String PROPERTY = KernelProvider.PROPERTY;

    private Simd() {}

    /** The vector width in use: 512, 256, 128, or 0 where the scalar kernels are in use. */
    public static int widthBits() {
        return KernelProvider.widthBits();
    }
}
