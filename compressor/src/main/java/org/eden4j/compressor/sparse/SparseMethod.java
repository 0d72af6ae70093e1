package org.eden4j.compressor.sparse;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;

/** Methods that send a part of a block's coordinates as they are. */
public sealed interface SparseMethod extends Method permits TopK, RandK {
    /** The part of a block's coordinates that is sent, in (0, 1]. */
    double fraction();

    /** The coordinates sent of a block: floor(fraction d), at least one. */
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
