/**
 * Turns rotated coordinates into levels and levels into bytes, fewer than fixed-length indices need.
 *
 * <pre>
 * y --{@link org.eden4j.compressor.coding.EntropyCoder#quantize quantize}--&gt; levels --{@link org.eden4j.compressor.coding.EntropyCoder#encode encode}--&gt; tail | words | states --&gt; bytes
 *      ^                     ^
 *    step                  table
 * {@link org.eden4j.compressor.coding.EntropyRates}  ---&gt;  {@link org.eden4j.compressor.coding.EntropyCode}
 * </pre>
 *
 * <p>Start at {@code EntropyCoder}, which owns the bytes. Its inner loops are
 * {@link org.eden4j.compressor.kernel.CodingKernels}. The step for a number of bits is measured and stored in a
 * resource.
 */
package org.eden4j.compressor.coding;
