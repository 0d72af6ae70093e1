package org.eden4j.compressor.eden;

import java.util.Locale;
import java.util.OptionalDouble;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.kernel.Codebook;

/**
 * TurboQuant-prod (Zandieh, Daliri, Hadian, Mirrokni 2025, section 3.2): TurboQuant-mse at bits - 1, then one bit per
 * coordinate for the residual by QJL, the signs of its product with a random matrix S (Zandieh, Daliri, Han 2024). At
 * one bit it is QJL alone. Unbiased, also for inner products.
 *
 * <p>With the distortion D at bits - 1 (1 at zero bits), vNMSE is D (pi/2 - 1/d) with a Gaussian S, as published, and D
 * (pi/2 - 1) with an orthogonal one, as in the code of TurboQuant+; these are two baselines. S is dense and drawn from
 * the seed for every block, O(d^2), so blocks have at most {@value #LARGEST_BLOCK} coordinates.
 *
 * @param bits bits per coordinate, 1..8
 * @param qjl kind of random matrix
 * @param rounds rounds of the rotation
 * @param rotation kind of rotation
 */
public record TurboQuantProd(int bits, Qjl qjl, HadamardRounds rounds, RotationKind rotation) implements Method {
    /** The method type: name, wire id 16, text form and examples. */
    public static final MethodType TYPE = MethodType.of("turboquant-prod", 16,
            p -> new TurboQuantProd(p.whole("bits"), p.word("qjl", Qjl.values(), Qjl::text, Qjl.GAUSSIAN),
                    RotatedMethod.rounds(p), RotatedMethod.rotation(p)),
            "turboquant-prod:bits=1", "turboquant-prod:bits=3,qjl=orthogonal");

    /** Drawing S for a larger block takes tens of milliseconds. */
    private static final int LARGEST_BLOCK = 1024;

    /** Kind of random matrix of QJL. */
    public enum Qjl {
        /** Independent N(0,1) entries. */
        GAUSSIAN,
        /** A uniform rotation. */
        ORTHOGONAL;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TurboQuantProd {
        Codebook.checkBits(bits);
    }

    @Override
    public double bitsPerCoordinate() {
        return bits;
    }

    @Override
    public int largestBlock() {
        return LARGEST_BLOCK;
    }

    @Override
    public boolean isUnbiased() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        double left = bits == 1 ? 1 : Codebook.ofBits(bits - 1).distortion();
        return OptionalDouble.of(left * (qjl == Qjl.GAUSSIAN ? Math.PI / 2 : Math.PI / 2 - 1));
    }

    /**
     * {@inheritDoc} Exact to the order 1/d under a uniform rotation, and therefore for blocks of independent normal
     * coordinates: the error of the residual ({@link ScaleRule#UNIT} at bits - 1) times pi/2 - 1/d, or pi/2 - 1 -
     * 1/(2d) with an orthogonal S.
     */
    @Override
    public OptionalDouble expectedError(int length) {
        int size = BlockLayout.paddedSize(length);
        double left = bits == 1 ? 1 : BlockError.of(ScaleRule.UNIT, bits - 1, size, 0).mean();
        double signs = Math.PI / 2 - (qjl == Qjl.GAUSSIAN ? 1.0 / size : 1 + .5 / size);
        return OptionalDouble.of(left * signs);
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new TurboQuantProdCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return TurboQuantProdCodec.payloadBytes(bits, BlockLayout.paddedSize(length));
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE)
            .put("bits", bits)
            .put("qjl", qjl.text(), qjl != Qjl.GAUSSIAN)
            .put("rounds", rounds.text(), rounds != HadamardRounds.DEFAULT)
            .put("rotation", rotation.text(), rotation != RotationKind.HADAMARD)
            .toString();
    }
}
