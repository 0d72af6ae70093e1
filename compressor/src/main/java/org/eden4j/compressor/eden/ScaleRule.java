package org.eden4j.compressor.eden;

import java.util.Locale;

/**
 * How the scale S of a block is chosen, so that S c estimates the rotated vector y from its centroids c.
 *
 * <p>With cos = &lt;y,c&gt; / (|y||c|) the relative error |y - S c|^2 / |y|^2 is exact for every block:
 *
 * <pre>
 * rule          S                     error             source
 * UNBIASED      |y|^2 / &lt;y,c&gt;         1/cos^2 - 1       EDEN, Vargaftik et al., ICML 2022, section 3; DRIVE, NeurIPS 2021
 * BIASED        &lt;y,c&gt; / |c|^2         1 - cos^2         least squares; DRIVE, NeurIPS 2021, section 4
 * MATCHED_NORM  |y| / |c|             2 - 2 cos         TurboQuant+ (matched norm)
 * UNIT          |y| / sqrt(d)         1 - cos^2 or more TurboQuant-mse, Zandieh et al. 2025
 * </pre>
 *
 * <p>Note that S_matched^2 = S_unbiased S_biased.
 */
public enum ScaleRule {
    /** |y|^2 / &lt;y,c&gt;: the only rule whose estimate has mean x over uniform rotations. */
    UNBIASED,
    /** &lt;y,c&gt; / |c|^2: the smallest error for a single vector. */
    BIASED,
    /** |y| / |c|: preserves the norm of x. */
    MATCHED_NORM,
    /** |y| / sqrt(d): independent of the centroids. */
    UNIT;

    /**
     * Returns the scale of one block.
     *
     * @param squaredNorm |y|^2, positive
     * @param dot &lt;y,c&gt;, positive
     * @param squaredCentroidNorm |c|^2, positive
     * @param size number of coordinates d of the block
     */
    double scale(double squaredNorm, double dot, double squaredCentroidNorm, int size) {
        return switch (this) {
            case UNBIASED -> squaredNorm / dot;
            case BIASED -> dot / squaredCentroidNorm;
            case MATCHED_NORM -> Math.sqrt(squaredNorm / squaredCentroidNorm);
            case UNIT -> Math.sqrt(squaredNorm / size);
        };
    }

    /** Returns whether {@link #scale} uses |c|^2. */
    boolean needsCentroidNorm() {
        return this == BIASED || this == MATCHED_NORM;
    }

    /**
     * Returns the asymptotic error |x - x^|^2 / |x|^2 of this rule with a codebook of the given distortion.
     *
     * @param distortion D = E (z - c(z))^2 of the codebook for z ~ N(0,1)
     */
    public double vnmse(double distortion) {
        return switch (this) {
            case UNBIASED -> distortion / (1 - distortion);
            case BIASED, UNIT -> distortion;
            case MATCHED_NORM -> 2 - 2 * Math.sqrt(1 - distortion);
        };
    }

    /** Returns the value in a method's text form: {@code unbiased}, {@code biased}, {@code matched}, {@code unit}. */
    String text() {
        return this == MATCHED_NORM ? "matched" : name().toLowerCase(Locale.ROOT);
    }
}
