/**
 * Turns a block into its largest magnitude and one byte per coordinate: a method that is not part of eden4j. Start at
 * {@link org.example.absmax.AbsmaxType}, which {@code META-INF/services} names.
 */
package org.example.absmax;
