/**
 * Turns a gradient into bytes and bytes into a gradient, one block at a time. Needs the JDK only.
 *
 * <pre>
 * gradient --BlockLayout--&gt; block --rotate--&gt; rotated --quantize--&gt; indices --pack--&gt; payload
 *                             ^                                                        |
 *                         BlockSeed                                                    |
 *    sum  &lt;--add-- rotated back &lt;--rotate-- centroids &lt;--look up-- unpack &lt;------------+
 * </pre>
 *
 * <p>This package is the contract: {@link org.eden4j.compressor.Method} (what there is to choose) and its registry
 * {@link org.eden4j.compressor.Methods}, {@link org.eden4j.compressor.BlockCodec} (how a block travels). A package for each family
 * of methods has the records and their codecs; {@code kernel}, {@code block} and {@code rotation} are what codecs are built from
 * and are not exported.
 *
 * <p>{@link org.eden4j.compressor.container.CompressedGradient} is a whole gradient in a container that says all about itself;
 * {@link org.eden4j.compressor.ErrorFeedback} makes any codec keep what it did not send.
 */
package org.eden4j.compressor;
