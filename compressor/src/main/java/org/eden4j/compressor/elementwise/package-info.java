/**
 * Turns each coordinate into bytes separately: float32, binary16 and bfloat16.
 *
 * <p>For these methods any run of coordinates is a block. Start at {@link org.eden4j.compressor.elementwise.None}.
 */
package org.eden4j.compressor.elementwise;
