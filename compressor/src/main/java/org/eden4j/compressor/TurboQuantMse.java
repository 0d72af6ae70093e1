package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * TurboQuant-mse (Zandieh, Daliri, Hadian, Mirrokni 2025): EDEN's quantizer with the scale |x| / sqrt(d). Biased.
 *
 * @param bits bits per coordinate, 1..8
 * @param rounds rounds of signs and Hadamard transform
 */
public record TurboQuantMse(int bits, Rounds rounds) implements Method, RotatedMethod {
    public TurboQuantMse {
        Codebook.checkBits(bits);
    }

    @Override
    public ScaleRule scale() {
        return ScaleRule.UNIT;
    }

    @Override
    public int wireId() {
        return 4;
    }

    @Override
    public double bitsPerCoordinate() {
        return bits;
    }

    @Override
    public boolean rotated() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.of(scale().vnmse(Codebook.ofBits(bits).distortion()));
    }

    @Override
    public String toString() {
        return MethodText.of("turboquant-mse:bits=" + bits, scale(), scale(), rounds);
    }
}
