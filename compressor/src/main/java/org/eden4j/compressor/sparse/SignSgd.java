package org.eden4j.compressor.sparse;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.block.BitStream;

/**
 * Scaled signSGD (Bernstein et al., ICML 2018; with the scale Karimireddy et al., ICML 2019): sign(x_i) |x|_1 / d. Biased;
 * converges with {@link ErrorFeedback}.
 */
public record SignSgd() implements Method {
    /** The method type: name, wire id 10, text form and examples. */
    public static final MethodType TYPE = MethodType.of("signsgd", 10, _ -> new SignSgd(), "signsgd");

    @Override
    public double bitsPerCoordinate() {
        return 1;
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
        return new SignSgdCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return Float.BYTES + BitStream.bytes(length);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).toString();
    }
}
