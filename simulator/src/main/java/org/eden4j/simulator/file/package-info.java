/**
 * Turns files of float32 into containers and back.
 *
 * <pre>
 * g.f32 --eden compress--&gt; g.f32.eden --eden decompress--&gt; g.f32
 * </pre>
 *
 * <p>Block by block, so that memory does not grow with the file. Start with {@link org.eden4j.simulator.file.CompressCommand}.
 */
package org.eden4j.simulator.file;
