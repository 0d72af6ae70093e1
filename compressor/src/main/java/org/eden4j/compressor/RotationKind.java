package org.eden4j.compressor;

import java.util.Locale;

/** Which random rotation a method uses. */
public enum RotationKind {
    /** Rounds of random signs and Hadamard transform: O(d log d). */
    HADAMARD,
    /** A dense, exactly uniform one: O(d^2), blocks up to 4096 coordinates, for comparison. */
    HAAR;

    /** The largest block, in coordinates. */
    int largestBlock() {
        return this == HAAR ? HaarRotation.LARGEST : BlockLayout.LARGEST_BLOCK;
    }

    Rotation create(Kernels kernels, Scratch scratch) {
        return switch (this) {
            case HADAMARD -> new HadamardRotation(kernels, scratch);
            case HAAR -> new HaarRotation(kernels);
        };
    }

    /** The word for it in a method's text form. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
