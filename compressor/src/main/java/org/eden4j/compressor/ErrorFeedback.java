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
 * <p>One instance is the memory of one worker for gradients of a fixed dimension; {@link #encoder} makes the codecs that encode
 * from it, one for each thread. What they leave unsent counts from {@link #commit()} on, which is for the blocks whose payloads
 * were counted: a block that is encoded again before that is encoded as at first, and one that was not counted leaves the residual
 * as it was. Whoever decodes need not know. Takes 8 bytes per coordinate; encoding takes about as long as encoding and decoding
 * together. The residual is lost with the instance. Threads may encode different blocks at a time; all else is for one thread.
 */
public final class ErrorFeedback {
    private static final int ALIGNMENT = 64;

    private final int dimension;
    /** What was not sent of all that was committed. */
    private final MemorySegment residual;
    /** What the encoded blocks leave of gradient plus residual. */
    private final MemorySegment left;

    /**
     * With a residual of zero.
     *
     * @param dimension coordinates of the gradient, at least 1
     */
    public ErrorFeedback(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        this.dimension = dimension;
        residual = Arena.ofAuto().allocate((long) Float.BYTES * dimension, ALIGNMENT);
        left = Arena.ofAuto().allocate((long) Float.BYTES * dimension, ALIGNMENT);
    }

    /** What was not sent yet: float32[dimension], read-only, changed by {@link #commit()} and {@link #reset()}. */
    public MemorySegment residual() {
        return residual.asReadOnly();
    }

    /** All blocks that were encoded since the last commit were counted: what they left is the residual. */
    public void commit() {
        commit(0, dimension);
    }

    /** The blocks of coordinates {@code [first, end)} were counted; all of them were encoded since their last commit. */
    public void commit(long first, long end) {
        if (first < 0 || end < first || end > dimension) {
            throw new IndexOutOfBoundsException("coordinates [" + first + ", " + end + ") of " + dimension);
        }
        MemorySegment.copy(left, Float.BYTES * first, residual, Float.BYTES * first, Float.BYTES * (end - first));
    }

    /** Forgets what was not sent. */
    public void reset() {
        residual.fill((byte) 0);
        left.fill((byte) 0);
    }

    /** A codec for one thread that encodes gradient plus residual; it decodes as the method does. */
    public BlockCodec encoder(Method method) {
        return new Encoder(method.codec());
    }

    /** Encodes gradient plus residual, and notes what the payload does not carry. */
    private final class Encoder implements BlockCodec {
        private final BlockCodec delegate;
        private final Kernels kernels = KernelProvider.kernels();
        private MemorySegment block = MemorySegment.NULL;

        Encoder(BlockCodec delegate) {
            this.delegate = delegate;
        }

        @Override
        public int payloadBytes(int length) {
            return delegate.payloadBytes(length);
        }

        /**
         * Encodes gradient plus residual.
         *
         * @param first the block's first coordinate, in the gradient as in the residual
         * @throws NonFiniteGradientException if gradient plus residual, or what the payload leaves of it, has a coordinate that
         *         cannot be carried
         * @throws IndexOutOfBoundsException if the block reaches beyond the dimension
         */
        @Override
        public int encode(
                MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
                long payloadOffset) {
            if (first < 0 || length < 1 || first + length > dimension) {
                throw new IndexOutOfBoundsException("block [" + first + ", " + (first + length)
                        + ") reaches beyond the residual's " + dimension + " coordinates");
            }
            ensure(Float.BYTES * (long) BlockLayout.paddedSize(length));
            long bytes = (long) Float.BYTES * length;
            long offset = Float.BYTES * first;
            MemorySegment.copy(residual, offset, left, offset, bytes);
            MemorySegment.copy(gradient, offset, block, 0, bytes);
            kernels.addScaled(block, length, 1, left, offset);
            int written = delegate.encode(left, first, length, seed, payload, payloadOffset);
            MemorySegment sent = block.fill((byte) 0);
            delegate.accumulate(payload, payloadOffset, written, length, seed, 1, sent, 0);
            delegate.finish(length, seed, sent, 0);
            kernels.addScaled(sent, length, -1, left, offset);
            requireFinite(first, length);
            return written;
        }

        private void requireFinite(long first, int length) {
            if (kernels.maxAbsBits(left, Float.BYTES * first, length) <= Float.floatToRawIntBits(Float.MAX_VALUE)) {
                return;
            }
            for (long i = first; i < first + length; i++) {
                float value = left.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                if (!Float.isFinite(value)) {
                    throw new NonFiniteGradientException(i, value,
                            "what the payload leaves of gradient plus residual is"
                                    + " beyond float32; lower the learning rate or clip gradients");
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
        public void check(
                MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed) {
            delegate.check(payload, payloadOffset, payloadLength, length, seed);
        }

        @Override
        public void finish(int length, BlockSeed seed, MemorySegment sum, long first) {
            delegate.finish(length, seed, sum, first);
        }

        private void ensure(long bytes) {
            if (block.byteSize() < bytes) {
                block = Arena.ofAuto().allocate(bytes, ALIGNMENT);
            }
        }
    }
}
