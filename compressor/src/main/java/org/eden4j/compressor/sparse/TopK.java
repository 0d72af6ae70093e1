package org.eden4j.compressor.sparse;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.block.BitStream;

/**
 * The largest coordinates, unchanged, with indices of ceil(log2 d) bits (Aji and Heafield, EMNLP 2017; Stich et al.,
 * NeurIPS 2018). Biased; converges with {@link ErrorFeedback}. Among equal magnitudes the lower index is chosen.
 *
 * @param fraction share of a block's coordinates to send, in (0, 1]: floor(fraction d) of them, at least one
 */
public record TopK(double fraction) implements SparseMethod {
    /** The method type: name, wire id 11, text form and examples. */
    public static final MethodType TYPE = MethodType.of("topk", 11, p -> new TopK(p.number("fraction")),
            "topk:fraction=0.01", "topk:fraction=0.3");

    public TopK {
        SparseMethod.checkFraction(fraction);
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
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new TopKCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return BitStream.bytes((long) kept(length) * (Float.SIZE + TopKCodec.indexBits(length)));
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).put("fraction", fraction).toString();
    }
}
