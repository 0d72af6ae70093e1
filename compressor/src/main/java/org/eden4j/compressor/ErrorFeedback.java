package org.eden4j.compressor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;

/**
 * Error feedback: adds to each gradient what compression left out of the earlier ones. Biased methods that would stall
 * alone converge with it.
 *
 * <pre>
 * p_t     = g_t + e_t          the vector to send
 * send      C(p_t)             the payload of the underlying codec
 * e_{t+1} = p_t - C(p_t)       the residual, e_0 = 0
 * </pre>
 *
 * <p>Everything sent up to t is therefore everything that was to be sent, less the residual: sum C(p) = sum g -
 * e_{t+1}. If C is a contraction, |p - C(p)|^2 &lt;= (1 - delta) |p|^2, the residual stays bounded, and the iterates
 * follow those of uncompressed SGD at a distance of the order of the squared step size. Sources: Seide, Fu, Droppo, Li,
 * Yu, Interspeech 2014 (1-bit SGD); Stich, Cordonnier, Jaggi, NeurIPS 2018 (top-k); Karimireddy, Rebjock, Stich, Jaggi,
 * ICML 2019. In these papers g includes the learning rate: if it changes during training, pass updates to which it has
 * been applied.
 *
 * <p>Unbiased methods do not need error feedback. Methods whose error exceeds |x|^2, such as randk or qsgd at few bits,
 * are not contractions: their residual grows without bound. It also grows if delta is tiny compared with the step size
 * (a few hundredths, as with high thresholds), since what is left out arrives 1/delta steps late.
 *
 * <p>An instance is the memory of one worker, for gradients of a fixed dimension. {@link #encoder} creates the codecs
 * that use it, one per thread. {@link #commit()} makes the remainders of the encoded blocks the new residual; call it
 * for blocks whose payloads were counted. A block that is encoded again before that gives the same payload, and a block
 * that was not counted leaves the residual unchanged. Decoders need not know about error feedback. Memory is 8 bytes
 * per coordinate; encoding takes about as long as encoding and decoding without it. The residual is lost with the
 * instance. Threads may encode different blocks concurrently; all other methods are for one thread.
 */
public final class ErrorFeedback {
    private static final int ALIGNMENT = 64;

    private final int dimension;
    /** The remainder of everything committed so far. */
    private final MemorySegment residual;
    /** The remainder of gradient plus residual after encoding. */
    private final MemorySegment left;

    /**
     * Starts with a residual of zero.
     *
     * @param dimension number of coordinates of the gradient, at least 1
     */
    public ErrorFeedback(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
        }
        this.dimension = dimension;
        residual = Arena.ofAuto().allocate((long) Float.BYTES * dimension, ALIGNMENT);
        left = Arena.ofAuto().allocate((long) Float.BYTES * dimension, ALIGNMENT);
    }

    /** Returns the residual: float32[dimension], read-only, changed by {@link #commit()} and {@link #reset()}. */
    public MemorySegment residual() {
        return residual.asReadOnly();
    }

    /** Makes the remainders of all blocks encoded since the last commit the residual. */
    public void commit() {
        commit(0, dimension);
    }

    /**
     * Commits the blocks of the coordinates {@code [first, end)}, all of which must have been encoded since their last
     * commit.
     */
    public void commit(long first, long end) {
        if (first < 0 || end < first || end > dimension) {
            throw new IndexOutOfBoundsException("coordinates [" + first + ", " + end + ") of " + dimension);
        }
        MemorySegment.copy(left, Float.BYTES * first, residual, Float.BYTES * first, Float.BYTES * (end - first));
    }

    /** Sets the residual to zero. */
    public void reset() {
        residual.fill((byte) 0);
        left.fill((byte) 0);
    }

    /** Returns a codec for one thread that encodes gradient plus residual and decodes as the method does. */
    public BlockCodec encoder(Method method) {
        return new Encoder(method.codec());
    }

    /** Encodes gradient plus residual and stores the remainder. */
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
         * @param first first coordinate of the block, in both the gradient and the residual
         * @throws NonFiniteGradientException if a coordinate of gradient plus residual, or of the remainder, cannot be
         *         encoded
         * @throws IndexOutOfBoundsException if the block exceeds the dimension
         */
        @Override
        public int encode(
                MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
                long payloadOffset) {
            if (first < 0 || length < 1 || first + length > dimension) {
                throw new IndexOutOfBoundsException("block [" + first + ", " + (first + length)
                        + ") exceeds the residual's " + dimension + " coordinates");
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
