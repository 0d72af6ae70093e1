/**
 * Turns arrays of ND4J into compressed ones and back, by ND4J's own interface for that.
 *
 * <pre>
 * INDArray --Nd4j.getCompressor().compress(x, "EDEN4")--&gt; CompressedDataBuffer: the bytes of a CompressedGradient
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.nd4j.EdenCompressor}.
 */
package org.eden4j.dl4j.nd4j;
