package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.kernel.Kernels;

/**
 * Loads a block of a gradient for a codec: padded with zeros to a power of two, checked for NaN and infinities, and
 * measured. A whole off-heap block is used in place until it is requested in the {@link Scratch} or must be scaled.
 * Mutable, reused for every block.
 */
public final class BlockLoader {
    private static final int SUBNORMAL_LIFT = 64;

    private final Kernels kernels;
    private final Scratch scratch;
    private final Method method;
    private MemorySegment source = MemorySegment.NULL;
    private long sourceOffset;
    private boolean inScratch;
    private int size;
    private int exponent;
    private float largest;
    private double unit;

    BlockLoader(Method method, Kernels kernels, Scratch scratch) {
        this.method = method;
        this.kernels = kernels;
        this.scratch = scratch;
    }

    /**
     * Loads the coordinates {@code [first, first + length)}; they must not change until the block is encoded.
     *
     * @return false if all of them are zero
     * @throws NonFiniteGradientException if one of them is NaN or infinite
     */
    public boolean load(MemorySegment gradient, long first, int length) {
        size = reserve(length);
        moveTo(gradient, 4 * first, false);
        if (!gradient.isNative() || length < size) {
            copy(length);
            Scratch.zero(source, length, size);
        }
        int maxAbsBits = FiniteCheck.maxAbsBits(kernels, source, sourceOffset, size, first);
        largest = Float.intBitsToFloat(maxAbsBits);
        exponent = Math.getExponent(largest);
        unit = 1;
        if (exponent < Float.MIN_EXPONENT && maxAbsBits != 0) {
            scale(Math.scalb(1f, SUBNORMAL_LIFT));
            largest = Float.intBitsToFloat(kernels.maxAbsBits(source, 0, size));
            exponent = Math.getExponent(largest);
            unit = Math.scalb(1.0, -SUBNORMAL_LIFT);
        }
        return maxAbsBits != 0;
    }

    private void copy(int length) {
        MemorySegment.copy(source, sourceOffset, scratch.coordinates(), 0, 4L * length);
        moveTo(scratch.coordinates(), 0, true);
    }

    private void scale(float factor) {
        kernels.scale(source, sourceOffset, size, factor, scratch.coordinates());
        moveTo(scratch.coordinates(), 0, true);
    }

    private void moveTo(MemorySegment segment, long offset, boolean isScratch) {
        source = segment;
        sourceOffset = offset;
        inScratch = isScratch;
    }

    /** Releases the caller's memory. */
    public void release() {
        moveTo(MemorySegment.NULL, 0, false);
    }

    /** Returns the off-heap segment of the block: float32[size] from byte {@link #sourceOffset}. */
    public MemorySegment source() {
        return source;
    }

    public long sourceOffset() {
        return sourceOffset;
    }

    /** Returns the block in {@link Scratch#coordinates}, where it may be overwritten. */
    public MemorySegment coordinates() {
        if (!inScratch) {
            copy(size);
        }
        return scratch.coordinates();
    }

    /**
     * Scales the block by a power of two that brings its largest magnitude into [1, 2), in {@link Scratch#coordinates}.
     * A 1 there then represents 2^exponent.
     */
    public void normalize() {
        scale(Math.scalb(1f, -exponent));
    }

    /** Makes room for a block of {@code length} coordinates and returns its padded size. */
    int reserve(int length) {
        int padded = BlockLayout.paddedSize(length);
        BlockLayout.checkLargest(method, padded);
        scratch.ensure(padded);
        return padded;
    }

    /** Returns the number of coordinates of the loaded block, with padding. */
    public int size() {
        return size;
    }

    /** Returns the largest magnitude of the block as loaded. */
    public float largest() {
        return largest;
    }

    /** Returns the binary exponent of the largest magnitude as loaded. */
    public int exponent() {
        return exponent;
    }

    /**
     * Returns the value that a 1 represented as loaded: 1, or a power of two if the block was scaled out of the
     * subnormal range.
     */
    public double unit() {
        return unit;
    }
}
