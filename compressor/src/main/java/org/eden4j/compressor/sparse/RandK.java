package org.eden4j.compressor.sparse;

import java.util.OptionalDouble;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * A random subset of coordinates, scaled by d / k (Konecny and Richtarik 2018). The block's own seed determines the
 * subset, so no index is sent. Unbiased; vNMSE d / k - 1 for any input.
 *
 * @param fraction share of a block's coordinates to send, in (0, 1]: floor(fraction d) of them, at least one
 */
public record RandK(double fraction) implements SparseMethod {
    /** The method type: name, wire id 12, text form and examples. */
    public static final MethodType TYPE = MethodType.of("randk", 12, p -> new RandK(p.number("fraction")),
            "randk:fraction=0.05", "randk:fraction=1");

    public RandK {
        SparseMethod.checkFraction(fraction);
    }

    @Override
    public double bitsPerCoordinate() {
        return fraction * Float.SIZE;
    }

    @Override
    public boolean isUnbiased() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.of(1 / fraction - 1);
    }

    /** {@inheritDoc} Exact for every input: d / k - 1 for k coordinates sent. */
    @Override
    public OptionalDouble expectedError(int length) {
        return OptionalDouble.of((double) length / kept(length) - 1);
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new RandKCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return kept(length) * Float.BYTES;
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).put("fraction", fraction).toString();
    }
}
