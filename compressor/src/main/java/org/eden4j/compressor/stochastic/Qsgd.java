package org.eden4j.compressor.stochastic;

import java.util.Locale;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.rotation.SharedRotation;

/**
 * QSGD (Alistarh, Grubic, Li, Tomioka, Vojnovic, NeurIPS 2017): a norm, and for each coordinate its sign and a multiple
 * of norm / K for its magnitude, rounded at random so that the mean is exact. Unbiased. K = 2^(bits-1) - 1, so that
 * sign and multiple fit the bits. No entropy coding.
 *
 * @param bits bits per coordinate including the sign, 2..8
 * @param norm the norm that is multiplied: L2 is the paper's, LINF has a smaller error at the same bits
 * @param rotate whether the block is rotated first
 */
public record Qsgd(int bits, Norm norm, boolean rotate) implements Method {
    /** The method type: name, wire id 8, text form and examples. */
    public static final MethodType TYPE = MethodType.of("qsgd", 8,
            p -> new Qsgd(p.whole("bits"), p.word("norm", Norm.values(), Norm::text, Norm.L2), p.truth("rotate")),
            "qsgd:bits=2", "qsgd:bits=5,norm=linf,rotate=true");

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
    public double bitsPerCoordinate() {
        return bits;
    }

    @Override
    public boolean isUnbiased() {
        return true;
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new QsgdCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return Float.BYTES + BitStream.bytes((long) SharedRotation.coordinates(rotate, length) * bits);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE)
            .put("bits", bits)
            .put("norm", norm.text(), norm != Norm.L2)
            .put("rotate", "true", rotate)
            .toString();
    }
}
