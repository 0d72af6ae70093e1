package org.eden4j.compressor.eden;

import java.util.OptionalDouble;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.kernel.Codebook;

/**
 * The common part of EDEN and its relatives: rotate, quantize each coordinate to the nearest centroid of a Lloyd-Max
 * codebook, and send one scale. The methods differ in the scale rule.
 */
public sealed interface RotatedMethod extends Method permits Eden, Drive, TurboQuantMse, MatchedNorm {
    /** Accuracy of {@link #bitsForError}: one coordinate of a block of 4,096 changes its codebook. */
    double BITS_ACCURACY = 0x1p-12;

    /** Returns the number of bits per coordinate, in (0, 8]. */
    double bits();

    ScaleRule scale();

    HadamardRounds rounds();

    /** Returns the number of rounds of a block of {@code size} coordinates, unless the block says that one is enough. */
    default int roundsOf(int size) {
        int fewest = rounds().isGiven() ? 0 : coding().rules().fewestRounds(bits());
        return Math.max(fewest, rounds().forBlock(size));
    }

    RotationKind rotation();

    /** Returns how coordinates are coded. */
    default Coding coding() {
        return Coding.FIXED;
    }

    @Override
    default double bitsPerCoordinate() {
        return bits();
    }

    @Override
    default int largestBlock() {
        return rotation().largestBlock();
    }

    @Override
    default boolean isUnbiased() {
        return scale() == ScaleRule.UNBIASED;
    }

    @Override
    default OptionalDouble vnmse() {
        return OptionalDouble.of(coding().rules().vnmse(scale(), bits()));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Exact to the order 1/d under a uniform rotation, and therefore for blocks of independent normal coordinates
     * under any rotation; below one bit to the second order in the inverse number of coordinates kept. From 512
     * coordinates on, other inputs differ by less than a hundredth if no coordinate dominates the block; if one does,
     * {@link LatticeDither} may add a few percent. A block padded to d coordinates has a smaller error, (length - 1) /
     * (d - 1) of it with the unbiased scale, since the error in the padding is dropped. With a trellis the value is
     * measured for normal coordinates, to within half a percent.
     */
    @Override
    default OptionalDouble expectedError(int length) {
        return OptionalDouble.of(coding().rules().expectedError(this, bits(), BlockLayout.paddedSize(length)));
    }

    @Override
    default OptionalDouble errorBound(int length, double sigmas) {
        return coding().rules().errorBound(this, BlockLayout.paddedSize(length), sigmas);
    }

    @Override
    default OptionalDouble bitsForError(double target, int length) {
        return coding().rules().bitsForError(this, target, BlockLayout.paddedSize(length));
    }

    @Override
    default BlockCodec codec() {
        return new RotatedCodec(this);
    }

    @Override
    default int maxPayloadBytes(int length) {
        return RotatedCodec.SCALE_BYTES + coding().rules().mostBytes(bits(), BlockLayout.paddedSize(length));
    }

    @Override
    default double expectedPayloadBytes(int length) {
        return RotatedCodec.SCALE_BYTES + coding().rules().expectedBytes(bits(), BlockLayout.paddedSize(length));
    }

    @Override
    default boolean hasFixedLength() {
        return !coding().rules().isVariable(bits(), largestBlock());
    }

    /** Reads {@code bits}, which has no default. */
    static double bits(MethodText text) {
        return text.number("bits");
    }

    /** Reads {@code scale}. */
    static ScaleRule scale(MethodText text) {
        return text.word("scale", ScaleRule.values(), ScaleRule::text, ScaleRule.UNBIASED);
    }

    /** Reads {@code rounds}. */
    static HadamardRounds rounds(MethodText text) {
        return text.word("rounds", HadamardRounds.values(), HadamardRounds::text, HadamardRounds.DEFAULT);
    }

    /** Reads {@code rotation}. */
    static RotationKind rotation(MethodText text) {
        return text.word("rotation", RotationKind.values(), RotationKind::text, RotationKind.HADAMARD);
    }

    /**
     * Returns the text form of a rotated method: name, bits if above 0, then everything that differs from the defaults.
     */
    static String text(
            MethodType type, double bits, ScaleRule scale, ScaleRule usual, HadamardRounds rounds,
            RotationKind rotation) {
        return MethodText.of(type)
            .put("bits", MethodText.number(bits), bits > 0)
            .put("scale", scale.text(), scale != usual)
            .put("rounds", rounds.text(), rounds != HadamardRounds.DEFAULT)
            .put("rotation", rotation.text(), rotation != RotationKind.HADAMARD)
            .toString();
    }

    /** Checks the number of bits of a plain method. */
    static void checkBits(double bits) {
        checkBits(bits, 0, Codebook.MAX_BITS);
    }

    /** Checks a number of bits. */
    static void checkBits(double bits, double above, double most) {
        if (!(bits > above && bits <= most)) {
            throw new IllegalArgumentException("bits must be "
                    + (above == 0 ? "above 0 and" : "at least " + MethodText.number(Math.nextUp(above)) + " and")
                    + " at most " + MethodText.number(most) + ", got " + MethodText.number(bits));
        }
    }
}
