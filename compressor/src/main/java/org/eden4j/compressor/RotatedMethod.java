package org.eden4j.compressor;

/**
 * What EDEN and its relatives share: rotate, quantize each coordinate to the nearest centroid of a Lloyd-Max codebook,
 * send one scale. They differ in the scale rule.
 */
sealed interface RotatedMethod permits Eden, Drive, TurboQuantMse, MatchedNorm {
    int bits();

    ScaleRule scale();

    Rounds rounds();
}
