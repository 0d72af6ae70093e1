package org.eden4j.compressor.sparse;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;

/** A method that sends some coordinates of a block unchanged. */
public sealed interface SparseMethod extends Method permits TopK, RandK {
    /** Returns the share of a block's coordinates that is sent, in (0, 1]. */
    double fraction();

    /** Returns the number of coordinates sent of a block: floor(fraction d), at least one. */
    default int kept(int length) {
        return Math.clamp((long) Math.floor(fraction() * length), 1, length);
    }

    /** Checks a fraction. */
    static void checkFraction(double fraction) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException(
                    "fraction must be above 0 and at most 1, got " + MethodText.number(fraction));
        }
    }
}
