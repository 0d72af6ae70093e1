package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/**
 * Encodes one block of a gradient and adds decoded blocks to a sum.
 *
 * <p>Gradients and sums are float32 arrays in native byte order, on the heap or off it. Positions count coordinates,
 * not bytes. The length of a payload depends only on the method and the length of the block, unless the method
 * {@linkplain Method#hasFixedLength says otherwise}. The same input and seed give the same bits at every vector width,
 * in interpreted and in compiled code. An off-heap gradient is read in place: it must not change, nor may its arena be
 * closed, during a call.
 *
 * <p><b>Range.</b> Every payload that {@link #encode} returns decodes to finite coordinates with the method's relative
 * error, whatever the magnitudes. If the estimate or the scale of a block would overflow float32, {@link #encode}
 * rejects the block and names the index and value of its largest coordinate and the largest magnitude at which a block
 * of that shape is accepted. Near zero, float32 has only multiples of 2^-149. Blocks of subnormal numbers, and blocks
 * whose scale is subnormal, are never rejected; the norm of their error exceeds the method's by up to four times
 * sqrt(d) 2^-149 or, for methods that round at random, by the geometric mean of that and the norm of the block. This
 * rounding is biased.
 *
 * <p>A codec owns its scratch memory, which is off-heap, 64-byte aligned and grows to the largest block seen so far.
 * Encoding and decoding do not allocate. Not thread-safe: use one codec per thread.
 */
public interface BlockCodec {
    /** Returns a new codec for the method. */
    static BlockCodec of(Method method) {
        return method.codec();
    }

    /**
     * Returns the largest payload of a block, in bytes: the exact length if the method
     * {@linkplain Method#hasFixedLength has a fixed length}. {@link #encode} needs this much room.
     *
     * @param length number of coordinates of the block, at least 1
     */
    int payloadBytes(int length);

    /**
     * Encodes the coordinates {@code [first, first + length)}.
     *
     * @param gradient float32 array
     * @param first first coordinate of the block
     * @param length number of coordinates of the block
     * @param seed seeds of the block
     * @param payload destination
     * @param payloadOffset offset of the first byte in {@code payload}
     * @return number of bytes written, at most {@code payloadBytes(length)}
     * @throws NonFiniteGradientException if a coordinate is NaN, infinite or too large for the method
     */
    int encode(MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
            long payloadOffset);

    /**
     * Decodes a payload and adds {@code weight} times the result to {@code sum[first, first + length)}, or to the
     * padded block: see {@link BlockLayout#sumLength}. Until {@link #finish} the sum may be in a domain of the method's
     * own.
     *
     * <p><b>Rounding.</b> Coordinates are added in float32, one addition per payload. The sum s of n payloads that
     * decode to x_1 .. x_n, with weights w_1 .. w_n, satisfies for each coordinate
     *
     * <pre>
     * |s - sum w_k x_k| &lt;= g sum |w_k x_k|,    g = (n + 4) u / (1 - (n + 4) u),    u = 2^-24
     * </pre>
     *
     * <p>unless a term is subnormal; g is 6e-4 for n = 10,000. For methods that add in a domain of their own the
     * inequality holds in that domain, and so for the norm of the block instead of each coordinate. To add a hundred
     * thousand payloads, add partial sums of a few hundred each.
     *
     * @param payload bytes made by {@link #encode}, or untrusted bytes
     * @param payloadOffset offset of the first byte in {@code payload}
     * @param payloadLength number of bytes of the payload
     * @param length number of coordinates of the block
     * @param seed the seeds used to encode; {@code own} matters only if the method decodes with it
     * @param weight factor applied to the decoded coordinates
     * @param sum float32 array
     * @param first first coordinate of the block in {@code sum}
     * @throws MalformedPayloadException if no encoder produces these bytes; the sum is unchanged
     */
    void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first);

    /**
     * Verifies that {@link #accumulate} would accept a payload. Callers that add several blocks use it to reject all of
     * them before the first is added.
     *
     * @throws MalformedPayloadException if {@link #accumulate} would throw it
     */
    void check(MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed);

    /**
     * Converts the sum of a block's contributions to the gradient's domain; called once, after the last contribution.
     * Methods that aggregate in the rotated domain rotate back here; for all others this does nothing.
     *
     * @param seed seeds of the block; {@code own} is ignored
     * @param sum float32 array
     * @param first first coordinate of the block in {@code sum}
     * @throws NonFiniteGradientException if the sum has overflowed float32 and must be rotated back
     */
    default void finish(int length, BlockSeed seed, MemorySegment sum, long first) {}
}
