package org.eden4j.compressor.stochastic;

import java.util.OptionalDouble;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.kernel.Codebook;

/**
 * QUIC-FL (Ben Basat, Vargaftik, Portnoy, Einziger, Ben-Itzhak, Mitzenmacher 2022), without client-specific shared
 * randomness (the paper's l = 0). A rotation is shared by all workers. The largest coordinates, one in
 * {@value #OUTLIERS}, are sent exactly. The others are rounded at random to one of 2^bits levels, placed to minimise
 * the error for N(0,1) within those bounds. Unbiased given the rotation, so contributions are summed in the rotated
 * domain and rotated back once, whatever the number of workers.
 *
 * @param bits bits per coordinate, 1..8; the exact ones add about 48 / {@value #OUTLIERS} = .09
 */
public record QuicFl(int bits) implements Method {
    /** The method type: name, wire id 14, text form and examples. */
    public static final MethodType TYPE = MethodType.of("quicfl", 14, p -> new QuicFl(p.whole("bits")), "quicfl:bits=1",
            "quicfl:bits=4");

    /** One coordinate in this number is sent exactly, at least one per block. */
    public static final int OUTLIERS = 512;

    public QuicFl {
        Codebook.checkBits(bits);
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

    /** {@inheritDoc} Exact as the length grows; within 5 % from 128 coordinates on, for normal coordinates. */
    @Override
    public OptionalDouble expectedError(int length) {
        return vnmse();
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new QuicFlCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return QuicFlCodec.payloadBytes(bits, BlockLayout.paddedSize(length));
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).put("bits", bits).toString();
    }
}
