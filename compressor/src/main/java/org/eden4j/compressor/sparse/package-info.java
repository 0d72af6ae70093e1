/**
 * Turns a block into few coordinates or few levels without a rotation: top-k, rand-k, TernGrad, DL4J's threshold and signSGD.
 *
 * <p>Most of them are biased and want {@link org.eden4j.compressor.ErrorFeedback}. Start at
 * {@link org.eden4j.compressor.sparse.TopK}.
 */
package org.eden4j.compressor.sparse;
