/**
 * Turns a whole gradient into self-contained bytes, for files, Spark and ND4J, and back.
 *
 * <pre>
 * gradient --{@link org.eden4j.compressor.container.CompressedGradient}--&gt; header | block, checksum | block, checksum | ...
 * </pre>
 *
 * <p>Start at {@code CompressedGradient}. Beyond 2 GB use
 * {@link org.eden4j.compressor.container.CompressedGradientWriter} and
 * {@link org.eden4j.compressor.container.CompressedGradientReader}, which process one block at a time.
 * {@code docs/container.md} lists the bytes.
 */
package org.eden4j.compressor.container;
