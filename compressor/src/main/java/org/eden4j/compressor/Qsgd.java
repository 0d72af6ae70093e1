package org.eden4j.compressor;

import java.util.Locale;
/**
 * QSGD (Alistarh, Grubic, Li, Tomioka, Vojnovic, NeurIPS 2017): norm, and for each coordinate its sign and a multiple of
 * norm / K for its magnitude, rounded at random so that the mean is right. Unbiased. K = 2^(bits-1) - 1, so that sign and
 * multiple fit the bits; no entropy coding.
 *
 * @param bits bits per coordinate, the sign among them, 2..8
 * @param norm what the multiples are relative to: L2 is the paper's, LINF has less error at the same bits
 * @param rotate whether the block is rotated first
 */
public record Qsgd(int bits, Norm norm, boolean rotate) implements Method {
    /** A norm of a block. */
    public enum Norm {
        /** The Euclidean norm. */
        L2,
        /** The largest magnitude. */
        LINF;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Qsgd {
        if (bits < 2 || bits > Codebook.MAX_BITS) {
            throw new IllegalArgumentException(
                    "bits must be from 2 (a sign and one level) to " + Codebook.MAX_BITS + ", got " + bits);
        }
    }

    @Override
    public int wireId() {
        return 8;
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
    public String toString() {
        return new MethodText.Writer("qsgd").put("bits", bits)
            .put("norm", norm.text(), norm != Norm.L2)
            .put("rotate", "true", rotate)
            .toString();
    }
}
