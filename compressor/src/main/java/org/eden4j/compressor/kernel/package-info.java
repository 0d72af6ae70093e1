/**
 * Turns floats into floats, indices and bits, as fast as the processor allows: transforms, sums, quantizers, packing, random
 * numbers.
 *
 * <pre>
 * {@link org.eden4j.compressor.kernel.Kernels}          what each inner loop computes
 *   {@link org.eden4j.compressor.kernel.ScalarKernels}    the definition: plain loops
 *   {@code VectorKernels}    the same bits on vectors of 128, 256 or 512 bits
 * {@link org.eden4j.compressor.kernel.CodingKernels}    the same for trellis and entropy coding
 * {@link org.eden4j.compressor.kernel.KernelProvider}   chooses one of the two, once
 * {@link org.eden4j.compressor.kernel.Codebook}         Lloyd-Max centroids of N(0,1)
 * </pre>
 *
 * <p>Start at {@code Kernels}. Knows nothing of methods, blocks or payloads. Arguments are asserted, not checked: codecs check
 * them at the door.
 */
package org.eden4j.compressor.kernel;
