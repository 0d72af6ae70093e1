/**
 * Turns coordinates of a gradient into a block that a codec can process: loaded, padded, checked and measured in
 * off-heap scratch memory.
 *
 * <pre>
 * gradient --{@link org.eden4j.compressor.block.BlockLoader}--&gt; block in {@link org.eden4j.compressor.block.Scratch} --codec--&gt; payload
 * </pre>
 *
 * <p>Start at {@link org.eden4j.compressor.block.ScratchCodec}, the base of the codecs of all blocked methods. The
 * package also contains masks, bit streams and selections used by several codecs.
 */
package org.eden4j.compressor.block;
