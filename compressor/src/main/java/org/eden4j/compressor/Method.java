package org.eden4j.compressor;

import java.io.Serializable;
import java.util.OptionalDouble;
import org.eden4j.compressor.elementwise.None;

/**
 * A compression method. Methods are values: equal methods produce the same bytes.
 *
 * <p>The text form, {@link Object#toString()}, is {@code name} or {@code name:key=value,key=value}, without defaults;
 * that of a {@link org.eden4j.compressor.schedule.Schedule} has several of them. {@link #parse} reads it. The wire id identifies a method in frames
 * and containers; ids are never reused.
 *
 * <pre>
 * text                                                     wire id  bits per coordinate
 * none                                                     0        32
 * float16                                                  1        16
 * eden:bits=4,scale=unbiased,rounds=2,rotation=hadamard    2        bits
 * drive:scale=unbiased                                     3        1
 * turboquant-mse:bits=4                                    4        bits
 * matched-norm:bits=4                                      5        bits
 * bfloat16                                                 6        16
 * sq:bits=4,rotate=true                                    7        bits
 * qsgd:bits=4,norm=l2,rotate=false                         8        bits
 * terngrad:clip=2.5                                        9        1.6
 * signsgd                                                  10       1
 * topk:fraction=0.01                                       11       fraction (32 + log2 of the block size)
 * randk:fraction=0.01                                      12       32 fraction
 * kashin:bits=4,iterations=3                               13       2 bits
 * quicfl:bits=4                                            14       bits + .09
 * threshold:sigma=1                                        15       1.6
 * turboquant-prod:bits=4,qjl=gaussian                      16       bits
 * </pre>
 *
 * <p>Serializable by its parameters; the reader needs the same class.
 */
public interface Method extends Serializable {
    /**
     * Reads a text form such as {@code eden:bits=4,scale=unbiased,rounds=2}.
     *
     * @throws IllegalArgumentException naming the part that is wrong and what is accepted instead
     */
    static Method parse(String text) {
        return Methods.parse(text);
    }

    /** Returns what all methods of this name have in common: name, wire id, parser and examples. */
    MethodType type();

    /** Returns the number that identifies the method in frames, from 0 to 255. */
    default int wireId() {
        return type().wireId();
    }

    /** Returns the method used in a round of a job: this one, unless it is a schedule. */
    default Method at(long round) {
        return this;
    }

    /** Returns a new codec for one thread. */
    BlockCodec codec();

    /**
     * Returns the largest payload of a block, in bytes; the payloads of most methods always have this length. A
     * function of the method and {@code length} only.
     *
     * @param length number of coordinates of the block, at least 1
     */
    int maxPayloadBytes(int length);

    /**
     * Returns whether every payload of a block of {@code length} coordinates has {@link #maxPayloadBytes} bytes. If
     * lengths vary, payloads must be stored and sent with their lengths.
     */
    default boolean hasFixedLength() {
        return true;
    }

    /** Returns the mean payload of a block of {@code length} coordinates, in bytes. */
    default double expectedPayloadBytes(int length) {
        return maxPayloadBytes(length);
    }

    /** Returns the nominal number of bits per coordinate, without scales and headers. */
    double bitsPerCoordinate();

    /**
     * Returns whether the coordinates of a block are encoded together, by a rotation or a common scale, so that a
     * gradient is divided into powers of two. All other methods are elementwise: any run of coordinates is a block.
     */
    default boolean blocked() {
        return true;
    }

    /**
     * Returns whether the estimate is unbiased: its expectation over seeds is the gradient, so averaging over workers
     * reduces the error.
     */
    boolean isUnbiased();

    /**
     * Returns the largest block of a blocked method, in coordinates: a power of two. Below the general limit if time or
     * memory grow with the square of the block size.
     */
    default int largestBlock() {
        return BlockLayout.LARGEST_BLOCK;
    }

    /**
     * Returns the asymptotic vNMSE E |x - x^|^2 / |x|^2 if there is a closed form. It holds for any input, for blocks
     * of a few hundred coordinates or more.
     */
    default OptionalDouble vnmse() {
        return OptionalDouble.empty();
    }

    /**
     * Returns the expected error E |x - x^|^2 / |x|^2 of one block over seeds, if it does not depend on the input. Each
     * method states for which inputs the value is exact; the default is {@link #vnmse}, exact as the length grows.
     *
     * <p>The mean of n workers with independent seeds and unbiased estimates of vectors of the same norm has 1/n of
     * this error.
     *
     * @param length number of coordinates of the block, at least 1
     * @return empty if the error depends on the input
     */
    default OptionalDouble expectedError(int length) {
        return vnmse();
    }

    /**
     * Returns a high quantile of the error of one block: the quantile at {@code sigmas} standard deviations of a
     * lognormal distribution with the mean {@link #expectedError} and the variance of the error. From 128 coordinates
     * on, at most one block of normal coordinates in 200 exceeds the quantile at 3 sigmas.
     *
     * @param length number of coordinates of the block, at least 1
     * @param sigmas standard deviations, at least 0
     * @return empty if the distribution is not known
     */
    default OptionalDouble errorBound(int length, double sigmas) {
        return OptionalDouble.empty();
    }

    /**
     * Returns the fewest bits per coordinate at which the expected error of this method, otherwise unchanged, is at
     * most {@code target}: the inverse of {@link #expectedError}.
     *
     * @param target relative squared error, positive
     * @param length number of coordinates of a block, at least 1
     * @return empty if no number of bits reaches the target, or if the error is not known
     */
    default OptionalDouble bitsForError(double target, int length) {
        return OptionalDouble.empty();
    }

    /**
     * Returns the method actually used for gradients of this dimension. Blocked methods need
     * {@value BlockLayout#SMALLEST_BLOCK} coordinates; shorter gradients are sent raw, by {@code none}.
     */
    default Method forDimension(int dimension) {
        return blocked() && dimension < BlockLayout.SMALLEST_BLOCK ? new None() : this;
    }
}
