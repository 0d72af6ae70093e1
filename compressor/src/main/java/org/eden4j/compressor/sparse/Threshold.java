package org.eden4j.compressor.sparse;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * Threshold quantization (Strom, Interspeech 2015; DL4J's threshold and bitmap codecs): tau sign(x_i) if |x_i| is at
 * least tau, else 0. Biased, intended for {@link ErrorFeedback}, which keeps the remainder. The threshold tau is
 * {@code sigma} times the root mean square of the block, so it needs no tuning as gradients shrink. Five coordinates
 * are packed in a byte, 1.6 bits each: a fixed length, whereas DL4J's sparse form takes 10 bits per coordinate at one
 * sigma and 1.5 at two.
 *
 * @param sigma threshold in root mean squares of the block, positive
 */
public record Threshold(double sigma) implements Method {
    /** The method type: name, wire id 15, text form and examples. */
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
