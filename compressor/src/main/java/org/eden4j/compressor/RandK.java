package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * A random subset of coordinates, chosen by the block's own seed so that no index travels, scaled by d / k (Konecny and
 * Richtarik 2018). Unbiased; vNMSE d / k - 1 whatever the input.
 *
 * @param fraction the part of a block's coordinates that is sent, in (0, 1]: floor(fraction d) of them, at least one
 */
public record RandK(double fraction) implements SparseMethod {
    public RandK {
        SparseMethod.checkFraction(fraction);
    }

    @Override
    public int wireId() {
        return 12;
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

    @Override
    public String toString() {
        return new MethodText.Writer("randk").put("fraction", fraction).toString();
    }
}
