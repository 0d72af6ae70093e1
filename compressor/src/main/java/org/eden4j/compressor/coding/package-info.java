/**
 * Turns rotated coordinates into levels and levels into bytes, below what an index of fixed length per coordinate needs.
 *
 * <pre>
 * y --{@link org.eden4j.compressor.coding.EntropyCoder#quantize quantize}--&gt; levels --{@link org.eden4j.compressor.coding.EntropyCoder#encode encode}--&gt; tail | words | states --&gt; bytes
 *      ^                     ^
 *   step, by                table, by
 * {@link org.eden4j.compressor.coding.EntropyRates}  ---&gt;  {@link org.eden4j.compressor.coding.EntropyCode}
 * </pre>
 *
 * <p>Start at {@code EntropyCoder}, which owns the bytes. Its inner loops are {@link
 * org.eden4j.compressor.kernel.CodingKernels}; which step a number of bits takes was measured and is a resource.
 */
package org.eden4j.compressor.coding;
