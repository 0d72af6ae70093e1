package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.rotation.OneRound;

/**
 * How many times a block is multiplied by random signs and transformed.
 *
 * <p>One round leaves the "unbiased" estimate biased for spiky inputs: the sparse vector (2,1) at one bit keeps a squared
 * bias of .25 |x|^2, and averaging over workers stops helping. Two rounds match a uniform rotation for scalar quantizers
 * (Ben-Basat, Kuszmaul, Mitzenmacher, Portnoy, Vargaftik, arXiv 2605.06014). Some measurements show 3e-4 at 128 and 6e-5 at
 * 512 coordinates after two rounds: that comes from ties at zero, which {@link Codebook#TIE} breaks. Three rounds in small
 * blocks make the lattice of sums finer, so that {@link LatticeDither} shifts less: with two, four equal coordinates and a rest of
 * .03 of their norm have a vNMSE of .599 in place of .569 at 128 coordinates and one bit, and a squared bias of 5.5e-5 in place
 * of less than 1e-5; at 512 it is .576 for .570 and 1.5e-5.
 */
public enum HadamardRounds {
    /** Three up to and including 512 coordinates, two above. */
    DEFAULT,
    /** One: for experiments. */
    ONE,
    /** Two. */
    TWO,
    /** Three. */
    THREE,
    /** One where a look at the block shows that one is enough ({@link OneRound}), else the default; the payload says which. */
    AUTO;

    /** The largest block that gets three rounds by default, in coordinates. */
    static final int THREE_UP_TO = 512;

    /** The number of rounds for a block of {@code size} coordinates: 1, 2 or 3. */
    public int forBlock(int size) {
        return switch (this) {
            case ONE -> 1;
            case TWO -> 2;
            case THREE -> 3;
            case DEFAULT, AUTO -> size <= THREE_UP_TO ? 3 : 2;
        };
    }

    /** The word for it in a method's text form; the default has none. */
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
