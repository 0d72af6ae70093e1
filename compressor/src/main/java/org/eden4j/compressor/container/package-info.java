/**
 * Turns a whole gradient into bytes that say all about themselves, for files, Spark and ND4J, and back.
 *
 * <pre>
 * gradient --{@link org.eden4j.compressor.container.CompressedGradient}--&gt; header | block, checksum | block, checksum | ...
 * </pre>
 *
 * <p>Start at {@code CompressedGradient}; beyond 2 GB {@link org.eden4j.compressor.container.CompressedGradientWriter} and
 * {@link org.eden4j.compressor.container.CompressedGradientReader} go block by block. The bytes are in {@code docs/container.md}.
 */
package org.eden4j.compressor.container;
