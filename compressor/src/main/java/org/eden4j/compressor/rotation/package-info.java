/**
 * Turns a block into one whose coordinates look like N(0,1), and back, by random rotations that follow from the seed.
 *
 * <pre>
 * {@link org.eden4j.compressor.rotation.Rotation}
 *   {@link org.eden4j.compressor.rotation.HadamardRotation}   rounds of random signs and Hadamard transform, O(d log d)
 *   {@link org.eden4j.compressor.rotation.HaarRotation}       exactly uniform, O(d^2)
 * {@link org.eden4j.compressor.rotation.SharedRotation}     shared by all workers, undone once for their sum
 * {@link org.eden4j.compressor.rotation.OneRound}           decides whether one round is enough for a block
 * </pre>
 *
 * <p>Start at {@code Rotation}.
 */
package org.eden4j.compressor.rotation;
