/**
 * Turns ND4J arrays into compressed ones and back, through ND4J's own interface for compressors.
 *
 * <pre>
 * INDArray --Nd4j.getCompressor().compress(x, "EDEN4")--&gt; CompressedDataBuffer: the bytes of a CompressedGradient
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.nd4j.EdenCompressor}.
 */
package org.eden4j.dl4j.nd4j;
