package org.eden4j.simulator.claims;

/**
 * The angle between a rotated vector y and its centroids c, which determines scales and errors. c are centroids of
 * N(0,1), so y is estimated by S c with S near |y|/sqrt(d).
 *
 * @param yy |y|^2
 * @param yc &lt;y,c&gt;
 * @param cc |c|^2
 * @param dimension d
 */
record Alignment(double yy, double yc, double cc, int dimension) {
    /** Quantizes a rotated vector. */
    static Alignment of(double[] y, LloydCodebook codebook) {
        double yy = 0;
        for (double value : y) {
            yy += value * value;
        }
        double toUnitVariance = Math.sqrt(y.length / yy);
        double yc = 0;
        double cc = 0;
        for (double value : y) {
            double c = codebook.nearest(toUnitVariance * value);
            yc += value * c;
            cc += c * c;
        }
        return new Alignment(yy, yc, cc, y.length);
    }

    /** Returns |y|^2 / &lt;y,c&gt;: unbiased. */
    double unbiasedScale() {
        return yy / yc;
    }

    /** Returns &lt;y,c&gt; / |c|^2: the smallest error. */
    double biasedScale() {
        return yc / cc;
    }

    /** Returns |y| / |c|: preserves the norm. */
    double matchedScale() {
        return Math.sqrt(yy / cc);
    }

    /** Returns |y| / sqrt(d): TurboQuant-mse. */
    double unitScale() {
        return Math.sqrt(yy / dimension);
    }

    /** Returns |y - S c|^2 / |y|^2. */
    double error(double scale) {
        return (yy - 2 * scale * yc + scale * scale * cc) / yy;
    }

    /** Returns cos(y, c). */
    double cosine() {
        return yc / Math.sqrt(yy * cc);
    }
}
