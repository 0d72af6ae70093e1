package org.eden4j.compressor.sparse;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * Threshold quantization (Strom, Interspeech 2015; DL4J's threshold and bitmap codecs): tau sign(x_i) where |x_i| is at
 * least tau, else 0. Biased, meant for {@link ErrorFeedback}, which keeps what was not sent. The threshold is that many
 * root mean squares of the block, so that it needs no tuning as gradients shrink. Five coordinates travel in a byte, 1.6
 * bits each: a fixed length, where the sparse form of DL4J takes 10 bits a coordinate at one sigma and 1.5 at two.
 *
 * @param sigma the threshold in root mean squares of the block, positive
 */
public record Threshold(double sigma) implements Method {
    /** Name, wire id 15, text form and examples. */
    public static final MethodType TYPE = MethodType.of("threshold", 15, p -> new Threshold(p.number("sigma", 1)),
            "threshold", "threshold:sigma=2.5");

    public Threshold {
        if (!(sigma > 0 && sigma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("sigma must be a positive number, got " + MethodText.number(sigma));
        }
    }

    @Override
    public double bitsPerCoordinate() {
        return Trits.BITS;
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
        return new TernaryCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return TernaryCodec.bytes(length);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).put("sigma", MethodText.number(sigma), sigma != 1).toString();
    }
}
