package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/**
 * Encodes one block of a gradient and adds decoded blocks into a sum.
 *
 * <p>Gradients and sums are float32 arrays in native byte order, on the heap or off it; coordinates, not bytes, count
 * their positions. The payload's length depends on the method and the block's length only, unless the method {@linkplain
 * Method#hasFixedLength says otherwise}. The same input and seed give the same bits on every vector width, in cold and in hot code. A gradient off the heap is read where it lies: it must not
 * change, nor its arena close, while a call runs.
 *
 * <p><b>Range.</b> What {@link #encode} takes decodes to finite coordinates with the relative error of the method, whatever
 * the magnitudes; a block whose estimate or scale would leave float32 is refused by {@link #encode} with the index of the
 * largest coordinate, its value and the magnitude up to which a block of that shape is carried. At the lower end float32 has
 * only multiples of 2^-149: blocks of subnormal numbers, and those whose scale is one, are never refused, and their estimate is
 * off by the method's error and up to four times sqrt(d) 2^-149 in norm besides, or the geometric mean of that and the norm
 * where levels are chosen at random. That rounding is not unbiased.
 *
 * <p>A codec owns its scratch, 64-byte aligned and off the heap, grown to the largest block it has met; encoding and
 * decoding allocate nothing. Not thread-safe: one codec a thread.
 */
public interface BlockCodec {
    /** The codec of a method. */
    static BlockCodec of(Method method) {
        return method.codec();
    }

    /**
     * The most bytes that the payload of a block has; exactly so many where the method {@linkplain Method#hasFixedLength has
     * fixed lengths}. So much room {@link #encode} needs.
     *
     * @param length coordinates of the block, at least 1
     */
    int payloadBytes(int length);

    /**
     * Encodes the coordinates {@code [first, first + length)}.
     *
     * @param gradient float32 array
     * @param first the block's first coordinate
     * @param length coordinates of the block
     * @param seed the block's seeds
     * @param payload where the bytes go
     * @param payloadOffset first byte in {@code payload}
     * @return the bytes written, at most {@code payloadBytes(length)}
     * @throws NonFiniteGradientException if a coordinate is NaN, infinite or beyond what the method can carry
     */
    int encode(MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
            long payloadOffset);

    /**
     * Decodes a payload and adds {@code weight} times it to {@code sum[first, first + length)}, or to as many
     * coordinates as the block is padded to: see {@link BlockLayout#sumLength}. What is added may stand in a domain of the
     * method's own until {@link #finish}.
     *
     * <p><b>Rounding.</b> Coordinates are added in float32, one addition per payload. The sum s of n payloads that decode to
     * x_1 .. x_n, with weights w_1 .. w_n, satisfies coordinate by coordinate
     *
     * <pre>
     * |s - sum w_k x_k| &lt;= g sum |w_k x_k|,    g = (n + 4) u / (1 - (n + 4) u),    u = 2^-24
     * </pre>
     *
     * <p>as long as nothing is subnormal: g is 6e-4 for n = 10,000. Methods that add in a domain of their own satisfy it there, so for the norm of a
     * block in place of a coordinate. Whoever adds a hundred thousand payloads adds sums of some hundred of them each.
     *
     * @param payload from {@link #encode}, or from a stranger
     * @param payloadOffset first byte in {@code payload}
     * @param payloadLength bytes of the payload
     * @param length coordinates of the block
     * @param seed the seeds it was encoded with; {@code own} only where the method uses it to decode
     * @param weight factor of the decoded coordinates
     * @param sum float32 array
     * @param first the block's first coordinate in {@code sum}
     * @throws MalformedPayloadException if no encoder makes such bytes; the sum is then unchanged
     */
    void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first);

    /**
     * Whether {@link #accumulate} would add a payload, for whoever has to know before it adds the first of several blocks.
     *
     * @throws MalformedPayloadException if it would not
     */
    void check(MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed);

    /**
     * Brings the sum of a block's contributions to the gradient's domain; called once, after the last of them. Methods
     * that aggregate in the rotated domain rotate back here, all others have nothing to do.
     *
     * @param seed the block's seeds; the own one is not looked at
     * @param sum float32 array
     * @param first the block's first coordinate in {@code sum}
     * @throws NonFiniteGradientException if the sum went beyond float32 and has to be rotated back
     */
    default void finish(int length, BlockSeed seed, MemorySegment sum, long first) {}
}
