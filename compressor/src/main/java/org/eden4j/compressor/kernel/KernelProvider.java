package org.eden4j.compressor.kernel;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;

/**
 * Selects the kernels once, and logs the selection and its reason in one line.
 *
 * <p>The system property {@value #PROPERTY} is {@code auto} (the default: the widest vectors of this machine, up to 512
 * bits), {@code 128}, {@code 256}, {@code 512} or {@code off}. Results do not depend on it.
 */
public final class KernelProvider {
    /** System property that overrides the choice. */
    public static final String PROPERTY = "eden4j.simd";

    private static final String MODULE = "jdk.incubator.vector";
    private static final int WIDTH_BITS = choose();

    private KernelProvider() {}

    /** Returns the vector width in use: 512, 256 or 128, or 0 for the scalar kernels. */
    public static int widthBits() {
        return WIDTH_BITS;
    }

    /** Returns new kernels for one codec. */
    public static Kernels kernels() {
        return WIDTH_BITS == 0 ? new ScalarKernels() : new VectorKernels();
    }

    private static int choose() {
        System.Logger log = System.getLogger("org.eden4j.compressor.Simd");
        String wanted = System.getProperty(PROPERTY, "auto");
        if (wanted.equals("off")) {
            log.log(Level.INFO, "scalar kernels in use: {0}=off", PROPERTY);
            return 0;
        }
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            log.log(Level.WARNING, "SIMD is off, scalar kernels in use: start with --add-modules {0}", MODULE);
            return 0;
        }
        if (!nativeAccess()) {
            log.log(Level.WARNING,
                    "SIMD is off, scalar kernels in use: start with --enable-native-access=ALL-UNNAMED, vectors are loaded"
                            + " from native memory");
            return 0;
        }
        int preferred = Math.min(512, Vectors.preferredBits());
        int width = switch (wanted) {
            case "auto" -> preferred;
            case "128", "256", "512" -> Integer.parseInt(wanted);
            default -> throw new IllegalArgumentException(
                    PROPERTY + " must be one of auto, 128, 256, 512, off, got " + wanted);
        };
        if (preferred < 128) {
            log.log(Level.WARNING, "SIMD is off, scalar kernels in use: this machine has {0}-bit vectors", preferred);
            return 0;
        }
        log.log(Level.INFO, "vector kernels of {0} bits in use ({1}={2})", width, PROPERTY, wanted);
        return width;
    }

    /** Returns whether {@link Lanes} may access memory by address; without the flag the JVM warns once or refuses. */
    @SuppressWarnings("restricted")
    private static boolean nativeAccess() {
        try {
            return MemorySegment.NULL.reinterpret(1).byteSize() == 1;
        } catch (IllegalCallerException e) {
            return false;
        }
    }

    /** Refers to the incubator module; loaded only if the module is present. */
    private static final class Vectors {
        static int preferredBits() {
            return jdk.incubator.vector.FloatVector.SPECIES_PREFERRED.vectorBitSize();
        }
    }
}
