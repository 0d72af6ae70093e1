/**
 * Turns floats into floats, indices and bits, as fast as the processor allows: transforms, sums, quantizers, packing,
 * random numbers.
 *
 * <pre>
 * {@link org.eden4j.compressor.kernel.Kernels}          defines each inner loop
 *   {@link org.eden4j.compressor.kernel.ScalarKernels}    the reference: plain loops
 *   {@code VectorKernels}    the same bits with vectors of 128, 256 or 512 bits
 * {@link org.eden4j.compressor.kernel.CodingKernels}    the same for trellis and entropy coding
 * {@link org.eden4j.compressor.kernel.KernelProvider}   selects one of the two, once
 * {@link org.eden4j.compressor.kernel.Codebook}         Lloyd-Max centroids of N(0,1)
 * </pre>
 *
 * <p>Start at {@code Kernels}. This package knows nothing of methods, blocks or payloads. Arguments are asserted, not
 * checked: codecs have already checked them.
 */
package org.eden4j.compressor.kernel;
