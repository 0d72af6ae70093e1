package org.eden4j.compressor.sparse;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * TernGrad (Wen et al., NeurIPS 2017): s sign(x_i) Bernoulli(|x_i| / s) with s = max|x|. Unbiased without clipping.
 * With it, coordinates are first clipped at {@code clip} standard deviations, which introduces a bias and greatly
 * reduces the error. Five coordinates are packed in a byte: 1.6 bits each, compared with log2 3 = 1.585.
 *
 * @param clip standard deviations at which coordinates are clipped, or 0 for none; the paper uses 2.5
 */
public record TernGrad(double clip) implements Method {
    /** The method type: name, wire id 9, text form and examples. */
    public static final MethodType TYPE = MethodType.of("terngrad", 9, p -> new TernGrad(p.number("clip", 0)),
            "terngrad", "terngrad:clip=2.5");

    public TernGrad {
        if (!(clip >= 0 && clip < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "clip must be 0 (none) or a positive number, got " + MethodText.number(clip));
        }
    }

    @Override
    public double bitsPerCoordinate() {
        return Trits.BITS;
    }

    @Override
    public boolean isUnbiased() {
        return clip == 0;
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
        return MethodText.of(TYPE).put("clip", MethodText.number(clip), clip > 0).toString();
    }
}
