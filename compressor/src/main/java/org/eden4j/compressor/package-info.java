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
 * <p>This package is the contract: {@link org.eden4j.compressor.Method}, its registry
 * {@link org.eden4j.compressor.Methods}, and {@link org.eden4j.compressor.BlockCodec}, which encodes and decodes a
 * block. Each family of methods has a package with its records and codecs. {@code kernel}, {@code block} and
 * {@code rotation} are the parts that codecs are built from; they are not exported.
 *
 * <p>{@link org.eden4j.compressor.container.CompressedGradient} is a whole gradient in a self-contained container.
 * {@link org.eden4j.compressor.ErrorFeedback} gives any codec a memory of what it did not send.
 */
package org.eden4j.compressor;
