/**
 * Turns a block into one scale and a few bits per coordinate: EDEN, DRIVE, TurboQuant-mse, matched norm and TurboQuant-prod.
 *
 * <pre>
 * block --rotation--&gt; y --{@code Quantizer}--&gt; indices, centroids c
 *                     {@link org.eden4j.compressor.eden.ScaleRule}(|y|, &lt;y, c&gt;, |c|)  --&gt; scale
 * </pre>
 *
 * <p>Start at {@link org.eden4j.compressor.eden.Eden}; {@code RotatedCodec} is the codec of all but TurboQuant-prod.
 */
package org.eden4j.compressor.eden;
