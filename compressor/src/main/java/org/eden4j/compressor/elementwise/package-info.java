/**
 * Turns each coordinate into bytes by itself: float32, binary16 and bfloat16.
 *
 * <p>Any run of coordinates is a block here. Start at {@link org.eden4j.compressor.elementwise.None}.
 */
package org.eden4j.compressor.elementwise;
