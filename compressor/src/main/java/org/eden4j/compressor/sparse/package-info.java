/**
 * Turns a block into a few coordinates or a few levels, without a rotation: top-k, rand-k, TernGrad, DL4J's threshold
 * and signSGD.
 *
 * <p>Most of these methods are biased and should be used with {@link org.eden4j.compressor.ErrorFeedback}. Start at
 * {@link org.eden4j.compressor.sparse.TopK}.
 */
package org.eden4j.compressor.sparse;
