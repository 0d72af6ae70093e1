package org.eden4j.compressor.eden;

import java.util.Locale;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.rotation.HaarRotation;
import org.eden4j.compressor.rotation.HadamardRotation;
import org.eden4j.compressor.rotation.Rotation;

/** Kind of random rotation. */
public enum RotationKind {
    /** Rounds of random signs and Hadamard transform: O(d log d). */
    HADAMARD,
    /** A dense, exactly uniform rotation: O(d^2), blocks up to 4096 coordinates, for comparison. */
    HAAR;

    /** Returns the largest block, in coordinates. */
    int largestBlock() {
        return this == HAAR ? HaarRotation.LARGEST : BlockLayout.LARGEST_BLOCK;
    }

    Rotation create(Kernels kernels, Scratch scratch) {
        return switch (this) {
            case HADAMARD -> new HadamardRotation(kernels, scratch);
            case HAAR -> new HaarRotation(kernels);
        };
    }

    /** Returns the value in a method's text form. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
