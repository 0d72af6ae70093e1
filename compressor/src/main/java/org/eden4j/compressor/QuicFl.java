package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * QUIC-FL (Ben Basat, Vargaftik, Portnoy, Einziger, Ben-Itzhak, Mitzenmacher 2022), without client-specific shared
 * randomness (the paper's l = 0): a rotation that all workers share; the {@value #OUTLIERS}th part of the coordinates that
 * is largest travels exactly, the others are rounded at random to one of 2^bits levels whose places minimise the error for
 * N(0,1) within those bounds. Unbiased given the rotation, so contributions are summed in the rotated domain and rotated
 * back once, whatever the number of workers.
 *
 * @param bits bits per coordinate, 1..8; the exact ones add about 48 / {@value #OUTLIERS} = .09
 */
public record QuicFl(int bits) implements Method {
    /** One coordinate in so many travels exactly, at least one a block. */
    static final int OUTLIERS = 512;

    public QuicFl {
        Codebook.checkBits(bits);
    }

    @Override
    public int wireId() {
        return 14;
    }

    @Override
    public double bitsPerCoordinate() {
        return bits;
    }

    @Override
    public boolean isUnbiased() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.of(QuicFlLevels.ofBits(bits).vnmse());
    }

    @Override
    public String toString() {
        return new MethodText.Writer("quicfl").put("bits", bits).toString();
    }
}
