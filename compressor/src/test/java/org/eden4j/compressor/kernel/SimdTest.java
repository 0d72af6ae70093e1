package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.eden4j.compressor.Simd;
import org.junit.jupiter.api.Test;

/** Fails, and does not skip, where the tests would run without the vectors they are meant to test. */
class SimdTest {
    private static final String WANTED = System.getProperty(Simd.PROPERTY, "auto");

    @Test
    void shouldUseTheVectorsThatAreAskedFor() {
        switch (WANTED) {
            case "off" -> assertEquals(0, Simd.widthBits());
            case "auto" -> assertTrue(Simd.widthBits() >= 128,
                    "SIMD is off: start the tests with --add-modules jdk.incubator.vector on a machine that has vectors");
            default -> assertEquals(Integer.parseInt(WANTED), Simd.widthBits());
        }
    }

    @Test
    void shouldHandOutKernelsOfThatKind() {
        Class<?> expected = WANTED.equals("off") ? ScalarKernels.class : VectorKernels.class;
        assertInstanceOf(expected, KernelProvider.kernels());
    }

    @Test
    void shouldHandOutKernelsOfTheirOwn() {
        assertTrue(KernelProvider.kernels() != KernelProvider.kernels(),
                "kernels keep running sums: each codec needs its own");
    }
}
