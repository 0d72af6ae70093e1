/**
 * Turns coordinates of a gradient into a block that a codec can work on: loaded, padded, checked and measured in scratch memory
 * off the heap.
 *
 * <pre>
 * gradient --{@link org.eden4j.compressor.block.BlockLoader}--&gt; block in {@link org.eden4j.compressor.block.Scratch} --codec--&gt; payload
 * </pre>
 *
 * <p>Start at {@link org.eden4j.compressor.block.ScratchCodec}, the base of all codecs of blocked methods. Masks, bit streams and
 * selections that several codecs use are here, too.
 */
package org.eden4j.compressor.block;
