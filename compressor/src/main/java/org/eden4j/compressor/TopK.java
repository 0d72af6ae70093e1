package org.eden4j.compressor;

/**
 * The largest coordinates as they are, with their indices of ceil(log2 d) bits (Aji and Heafield, EMNLP 2017; Stich et al., NeurIPS
 * 2018). Biased; converges with {@link ErrorFeedback}. Of equal magnitudes the lower index is taken.
 *
 * @param fraction the part of a block's coordinates that is sent, in (0, 1]: floor(fraction d) of them, at least one
 */
public record TopK(double fraction) implements SparseMethod {
    public TopK {
        SparseMethod.checkFraction(fraction);
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
    public boolean isUnbiased() {
        return false;
    }

    @Override
    public String toString() {
        return new MethodText.Writer("topk").put("fraction", fraction).toString();
    }
}
