package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * The largest coordinates as they are, with their indices of ceil(log2 d) bits (Aji and Heafield, EMNLP 2017; Stich et al., NeurIPS
 * 2018). Biased; converges with {@link ErrorFeedback}. Of equal magnitudes the lower index is taken.
 *
 * @param fraction the part of a block's coordinates that is sent, in (0, 1]: floor(fraction d) of them, at least one
 */
public record TopK(double fraction) implements Method {
    public TopK {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException(
                    "fraction must be above 0 and at most 1, got " + MethodText.number(fraction));
        }
    }

    /** The coordinates sent of a block. */
    int members(int length) {
        return Math.clamp((long) Math.floor(fraction * length), 1, length);
    }

    @Override
    public int wireId() {
        return 11;
    }

    @Override
    public double bitsPerCoordinate() {
        return fraction * (Float.SIZE + Integer.SIZE - Integer.numberOfLeadingZeros(BlockLayout.DEFAULT_BLOCK - 1));
    }

    @Override
    public boolean blocked() {
        return true;
    }

    @Override
    public boolean isUnbiased() {
        return false;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.empty();
    }

    @Override
    public String toString() {
        return new MethodText.Writer("topk").put("fraction", fraction).toString();
    }
}
