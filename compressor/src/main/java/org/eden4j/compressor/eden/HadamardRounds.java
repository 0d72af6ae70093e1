package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.rotation.OneRound;

/**
 * The number of times a block is multiplied by random signs and transformed.
 *
 * <p>With one round the "unbiased" estimate is biased for spiky inputs: the sparse vector (2,1) at one bit has a
 * squared bias of .25 |x|^2, and averaging over workers stops helping. Two rounds match a uniform rotation for scalar
 * quantizers (Ben-Basat, Kuszmaul, Mitzenmacher, Portnoy, Vargaftik, arXiv 2605.06014). Measured squared biases of 3e-4
 * at 128 and 6e-5 at 512 coordinates after two rounds come from ties at zero, which {@link Codebook#TIE} breaks. Three
 * rounds in small blocks make the lattice of sums finer, so that {@link LatticeDither} shifts less. With two rounds,
 * four equal coordinates and a rest of .03 of their norm have a vNMSE of .599 instead of .569 at 128 coordinates and
 * one bit, and a squared bias of 5.5e-5 instead of less than 1e-5; at 512 coordinates .576 instead of .570, and 1.5e-5.
 */
public enum HadamardRounds {
    /**
     * Three up to and including 512 coordinates, two above; three for all blocks with the trellis of entropy coding below
     * .8 bits.
     */
    DEFAULT,
    /** One, for experiments. */
    ONE,
    /** Two. */
    TWO,
    /** Three. */
    THREE,
    /**
     * One if a test of the block shows that one is enough ({@link OneRound}), otherwise the default. The payload says
     * which.
     */
    AUTO;

    /** Largest block with three rounds by default, in coordinates. */
    static final int THREE_UP_TO = 512;

    /** Returns whether the number of rounds does not depend on the block or on the coding. */
    boolean isGiven() {
        return this != DEFAULT && this != AUTO;
    }

    /** Returns the number of rounds for a block of {@code size} coordinates: 1, 2 or 3. */
    public int forBlock(int size) {
        return switch (this) {
            case ONE -> 1;
            case TWO -> 2;
            case THREE -> 3;
            case DEFAULT, AUTO -> size <= THREE_UP_TO ? 3 : 2;
        };
    }

    /** Returns the value in a method's text form; the default has none. */
    String text() {
        return switch (this) {
            case DEFAULT -> "";
            case ONE -> "1";
            case TWO -> "2";
            case THREE -> "3";
            case AUTO -> "auto";
        };
    }
}
