/**
 * Turns files of float32 values into containers and back.
 *
 * <pre>
 * g.f32 --eden compress--&gt; g.f32.eden --eden decompress--&gt; g.f32
 * </pre>
 *
 * <p>Works block by block, so that memory does not grow with the file. Start at
 * {@link org.eden4j.simulator.file.CompressCommand}.
 */
package org.eden4j.simulator.file;
