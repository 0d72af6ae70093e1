/**
 * Turns a block into levels of a grid by rounding at random, without bias for any fixed rotation: stochastic
 * quantization, QSGD, Kashin's representation and QUIC-FL.
 *
 * <p>Codecs that rotate with a seed shared by all workers sum payloads in the rotated domain and rotate the sum back
 * once ({@code SharedRotationCodec}). Start at {@link org.eden4j.compressor.stochastic.StochasticQuantization}.
 */
package org.eden4j.compressor.stochastic;
