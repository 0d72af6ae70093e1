package org.eden4j.compressor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;

/**
 * Sends with the next gradient what compression left out of this one. With it biased methods converge where they would
 * stall alone.
 *
 * <pre>
 * p_t     = g_t + e_t          what should be sent
 * send      C(p_t)             the delegate's payload
 * e_{t+1} = p_t - C(p_t)       the residual, e_0 = 0
 * </pre>
 *
 * so that all that was sent up to t is all that was to be sent but e_{t+1}: sum C(p) = sum g - e_{t+1}. If C is a
 * contraction, |p - C(p)|^2 &lt;= (1 - delta) |p|^2, the residual stays bounded and the iterates follow those of
 * uncompressed SGD at a distance of the order of the step size squared. Sources: Seide, Fu, Droppo, Li, Yu, Interspeech
 * 2014 (1-bit SGD); Stich, Cordonnier, Jaggi, NeurIPS 2018 (top-k); Karimireddy, Rebjock, Stich, Jaggi, ICML 2019. The
 * papers put the learning rate into g: where it changes during training, give this the updates after the learning rate.
 *
 * <p>Unbiased methods do not need it, and those whose error exceeds |x|^2 (such as randk or qsgd at few bits) are no
 * contractions: with them the residual grows without bound. So does it where delta is tiny for the step size (some
 * hundredths, as at high thresholds), since what is left out arrives 1/delta steps late.
 *
 * <p>It decorates the codec of any method on the worker's side; whoever decodes need not know. One instance belongs to one
 * worker and one gradient of a fixed dimension, keeps 4 bytes a coordinate and three blocks, and decodes each block that
 * it encodes: encoding takes about as long as encoding and decoding together. The residual is lost with the instance; of a
 * payload that was encoded but never counted it knows nothing. Not thread-safe.
 */
public final class ErrorFeedback implements BlockCodec {
    private final BlockCodec delegate;
    private final int dimension;
    private final MemorySegment residual;
    private final Kernels kernels = KernelProvider.kernels();
    private int scratchSize;
    private MemorySegment before = MemorySegment.NULL;
    private MemorySegment block = MemorySegment.NULL;

    /**
     * With a residual of zero.
     *
     * @param delegate encodes and decodes; used by this decorator alone
     * @param dimension coordinates of the gradient
     */
    public ErrorFeedback(BlockCodec delegate, int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        this.delegate = delegate;
        this.dimension = dimension;
        residual = Arena.ofAuto().allocate((long) Float.BYTES * dimension, 64);
    }

    /** What was not sent yet: float32[dimension], read-only, changed by every {@link #encode}. */
    public MemorySegment residual() {
        return residual.asReadOnly();
    }

    /** Forgets what was not sent. */
    public void reset() {
        residual.fill((byte) 0);
    }

    @Override
    public int payloadBytes(int length) {
        return delegate.payloadBytes(length);
    }

    /**
     * Encodes gradient plus residual, and keeps what the payload does not carry.
     *
     * @param first the block's first coordinate, in the gradient as in the residual
     * @throws NonFiniteGradientException if gradient plus residual, or what the payload leaves of it, has a coordinate that
     *         cannot be carried; the residual is then as it was before
     * @throws IndexOutOfBoundsException if the block reaches beyond the dimension
     */
    @Override
    public int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload, long payloadOffset) {
        if (first < 0 || length < 1 || first + length > dimension) {
            throw new IndexOutOfBoundsException("block [" + first + ", " + (first + length)
                    + ") reaches beyond the residual's " + dimension + " coordinates");
        }
        ensure(BlockLayout.paddedSize(length));
        long bytes = (long) Float.BYTES * length;
        long offset = Float.BYTES * first;
        MemorySegment.copy(residual, offset, before, 0, bytes);
        MemorySegment.copy(gradient, offset, block, 0, bytes);
        kernels.addScaled(block, length, 1, residual, offset);
        try {
            int written = delegate.encode(residual, first, length, seed, payload, payloadOffset);
            MemorySegment sent = block.fill((byte) 0);
            delegate.accumulate(payload, payloadOffset, written, length, seed, 1, sent, 0);
            delegate.finish(length, seed, sent, 0);
            kernels.addScaled(sent, length, -1, residual, offset);
            requireFinite(first, length);
            return written;
        } catch (RuntimeException e) {
            MemorySegment.copy(before, 0, residual, offset, bytes);
            throw e;
        }
    }

    private void requireFinite(long first, int length) {
        if (kernels.maxAbsBits(residual, Float.BYTES * first, length) <= Float.floatToRawIntBits(Float.MAX_VALUE)) {
            return;
        }
        for (long i = first; i < first + length; i++) {
            float left = residual.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            if (!Float.isFinite(left)) {
                throw new NonFiniteGradientException(i, left,
                        "what is left of gradient plus residual is beyond float32; lower the learning rate or clip gradients");
            }
        }
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        delegate.accumulate(payload, payloadOffset, payloadLength, length, seed, weight, sum, first);
    }

    @Override
    public void check(MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed) {
        delegate.check(payload, payloadOffset, payloadLength, length, seed);
    }

    @Override
    public void finish(int length, BlockSeed seed, MemorySegment sum, long first) {
        delegate.finish(length, seed, sum, first);
    }

    private void ensure(int size) {
        if (size > scratchSize) {
            Arena arena = Arena.ofAuto();
            before = arena.allocate((long) Float.BYTES * size, 64);
            block = arena.allocate((long) Float.BYTES * size, 64);
            scratchSize = size;
        }
    }
}
