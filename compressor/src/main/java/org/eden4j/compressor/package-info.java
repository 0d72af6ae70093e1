/**
 * Turns a gradient into bytes and bytes into a gradient, one block at a time. Needs the JDK only.
 *
 * <pre>
 * gradient --BlockLayout--> block --Kernels.rotate--> rotated --Codebook--> indices --pack--> payload
 *                             ^                          ^                                       |
 *                         BlockSeed                  Threefry                                    |
 *    sum  &lt;--addSigned-- rotated back &lt;--Kernels.rotate-- centroids &lt;--Codebook-- unpack &lt;--------+
 * </pre>
 *
 * <p>Start with {@link org.eden4j.compressor.Method} (what there is to choose), then
 * {@link org.eden4j.compressor.BlockCodec} (how a block travels). {@code RotatedCodec} is EDEN and its relatives,
 * {@code ScalarKernels} says what each inner loop computes, {@code VectorKernels} computes the same bits faster.
 *
 * <p>{@link org.eden4j.compressor.CompressedGradient} is a whole gradient in a container that says all about itself;
 * {@link org.eden4j.compressor.ErrorFeedback} makes any codec keep what it did not send.
 */
package org.eden4j.compressor;
