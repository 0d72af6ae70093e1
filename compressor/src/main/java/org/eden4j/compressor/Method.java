package org.eden4j.compressor;

import java.util.OptionalDouble;
import org.eden4j.compressor.elementwise.None;

/**
 * A way to turn a gradient into bytes. A method is a value: two that are equal make the same bytes.
 *
 * <p>The text form, {@link #toString()}, is {@code name} or {@code name:key=value,key=value} with defaults left out, that of a
 * {@link Schedule} several of them, and {@link #parse} reads it back. The wire id is what frames carry; ids are never reused.
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
 */
public interface Method {
    /**
     * Reads a text form such as {@code eden:bits=4,scale=unbiased,rounds=2}.
     *
     * @throws IllegalArgumentException saying which part is wrong and what would be right
     */
    static Method parse(String text) {
        return Methods.parse(text);
    }

    /** What all methods of this name share: the name, the wire id, the parser, examples. */
    MethodType type();

    /** The stable number that frames carry, in 0..255. */
    default int wireId() {
        return type().wireId();
    }

    /** What is used in a round of a job: the method itself, whatever the round, unless it is a {@link Schedule}. */
    default Method at(long round) {
        return this;
    }

    /** A codec of its own for one thread. */
    BlockCodec codec();

    /**
     * The most bytes that the payload of a block can have; nearly all methods write exactly so many. A function of the method
     * and {@code length} alone.
     *
     * @param length coordinates of the block, at least 1
     */
    int maxPayloadBytes(int length);

    /**
     * Whether every payload of a block of {@code length} coordinates has {@link #maxPayloadBytes} bytes. Where lengths vary with
     * what is encoded, whoever stores or sends payloads has to keep their lengths.
     */
    default boolean hasFixedLength() {
        return true;
    }

    /** The bytes that the payload of a block of {@code length} coordinates has on average. */
    default double expectedPayloadBytes(int length) {
        return maxPayloadBytes(length);
    }

    /** Nominal bits per coordinate on the wire, without scales and headers. */
    double bitsPerCoordinate();

    /**
     * Whether the coordinates of a block are encoded together, by a rotation or a common scale, so that a gradient is cut
     * into powers of two. The other methods are elementwise: any run of coordinates is a block.
     */
    default boolean blocked() {
        return true;
    }

    /** Whether the mean of the estimate over seeds is the gradient itself, so that averaging over workers helps. */
    boolean isUnbiased();

    /**
     * The largest block of a blocked method, in coordinates: a power of two. Below the general limit where a block takes
     * time or memory that grows with its square.
     */
    default int largestBlock() {
        return BlockLayout.LARGEST_BLOCK;
    }

    /**
     * The asymptotic vNMSE E |x - x^|^2 / |x|^2 where there is a closed form: it holds for blocks of some hundred
     * coordinates and more, whatever the input.
     */
    default OptionalDouble vnmse() {
        return OptionalDouble.empty();
    }

    /**
     * The expected error E |x - x^|^2 / |x|^2 of one block of this length over seeds, where it does not depend on the input. Each
     * method says for which inputs it is exact; by default it is {@link #vnmse}, exact as the length grows.
     *
     * <p>The mean over n workers with independent seeds and unbiased estimates of vectors of one norm has a n-th of it.
     *
     * @param length coordinates of the block, at least 1
     * @return empty where the error depends on the input
     */
    default OptionalDouble expectedError(int length) {
        return vnmse();
    }

    /**
     * What the error of a single block stays below nearly always: the quantile at {@code sigmas} standard deviations of a lognormal
     * distribution with the mean, {@link #expectedError}, and the variance of that error. At 3 sigmas at most one block of normal
     * coordinates in 200 exceeds it, from 128 coordinates on.
     *
     * @param length coordinates of the block, at least 1
     * @param sigmas standard deviations, at least 0
     * @return empty where it is not known
     */
    default OptionalDouble errorBound(int length, double sigmas) {
        return OptionalDouble.empty();
    }

    /**
     * The fewest bits per coordinate at which a method like this one, equal but for its bits, has an expected error of at most
     * {@code target}: the inverse of {@link #expectedError}.
     *
     * @param target relative squared error, positive
     * @param length coordinates of a block, at least 1
     * @return empty where no number of bits reaches the target, or where it is not known
     */
    default OptionalDouble bitsForError(double target, int length) {
        return OptionalDouble.empty();
    }

    /**
     * The method that is really used for gradients of this dimension: a blocked one needs {@value BlockLayout#SMALLEST_BLOCK}
     * coordinates, and shorter gradients travel raw, as {@code none}.
     */
    default Method forDimension(int dimension) {
        return blocked() && dimension < BlockLayout.SMALLEST_BLOCK ? new None() : this;
    }
}
