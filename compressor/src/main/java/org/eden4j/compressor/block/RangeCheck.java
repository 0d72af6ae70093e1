package org.eden4j.compressor.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Checks that the payload of a block near the upper end of float32 decodes to the method's estimate of that block.
 *
 * <p>Scales, norms and decoded coordinates can exceed float32 although every coordinate is finite: by up to sqrt(d) if
 * a norm is sent, by d / k if k coordinates represent all. Whether they do depends on the block. Every method is
 * homogeneous: a block times a power of two has the same indices and decodes to that power of two times as much. The
 * check therefore encodes the block a second time, scaled down by 2^64, where nothing can overflow, and decodes both
 * payloads: they must agree to {@value #TOLERANCE} of the largest magnitude. Signs are not compared, since values below
 * 2^-62 vanish when scaled down.
 *
 * <p>Only blocks whose largest magnitude is at least 2^{@value #SAFE_EXPONENT} are checked. Below that a factor of 2^63
 * remains, more than d = 2^24 can need. A checked block takes three times as long and allocates.
 */
final class RangeCheck {
    /** Blocks whose largest magnitude has a smaller binary exponent are not checked. */
    static final int SAFE_EXPONENT = 64;
    private static final double TOLERANCE = 1e-3;

    private final ScratchCodec codec;
    private final int length;
    private final BlockSeed seed;
    private final MemorySegment block;

    private RangeCheck(ScratchCodec codec, MemorySegment gradient, long first, int length, BlockSeed seed) {
        this.codec = codec;
        this.length = length;
        this.seed = seed;
        block = Arena.ofAuto().allocate(4L * length, 64);
        MemorySegment.copy(gradient, 4 * first, block, 0, 4L * length);
    }

    /**
     * Checks a payload.
     *
     * @throws NonFiniteGradientException naming the largest coordinate and the largest magnitude at which a block of
     *         this shape is accepted
     */
    static void check(ScratchCodec codec, MemorySegment gradient, long first, int length, BlockSeed seed) {
        RangeCheck check = new RangeCheck(codec, gradient, first, length, seed);
        MemorySegment expected = check.decoded(-SAFE_EXPONENT);
        if (check.carries(0, expected)) {
            return;
        }
        int exponent = -1;
        while (exponent > -SAFE_EXPONENT && !check.carries(exponent, expected)) {
            exponent--;
        }
        int largest = check.largest();
        float value = check.block.getAtIndex(ScalarKernels.FLOAT, largest);
        throw new NonFiniteGradientException(first + largest, value, codec + " encodes this block up to a magnitude of "
                + Math.scalb(Math.abs(value), exponent) + "; lower the learning rate or clip gradients");
    }

    private boolean carries(int exponent, MemorySegment expected) {
        MemorySegment actual;
        try {
            actual = decoded(exponent);
        } catch (MalformedPayloadException | NonFiniteGradientException e) {
            return false;
        }
        float top = 0;
        double deviation = 0;
        for (int i = 0; i < length; i++) {
            float wanted = Math.abs(expected.getAtIndex(ScalarKernels.FLOAT, i));
            float got = Math.abs(actual.getAtIndex(ScalarKernels.FLOAT, i));
            if (!Float.isFinite(got)) {
                return false;
            }
            top = Math.max(top, wanted);
            deviation = Math.max(deviation, Math.abs(wanted - Math.scalb(got, -SAFE_EXPONENT - exponent)));
        }
        return deviation <= TOLERANCE * top;
    }

    /** Returns the decoded estimate of the block times 2^exponent. */
    private MemorySegment decoded(int exponent) {
        MemorySegment scaled = Arena.ofAuto().allocate(4L * length, 64);
        for (int i = 0; i < length; i++) {
            scaled.setAtIndex(ScalarKernels.FLOAT, i, Math.scalb(block.getAtIndex(ScalarKernels.FLOAT, i), exponent));
        }
        MemorySegment payload = Arena.ofAuto().allocate(codec.payloadBytes(length), 64);
        int bytes = codec.encodeUnchecked(scaled, 0, length, seed, payload, 0);
        MemorySegment sum = Arena.ofAuto().allocate(4L * codec.sumCoordinates(length), 64);
        codec.accumulate(payload, 0, bytes, length, seed, 1, sum, 0);
        codec.finish(length, seed, sum, 0);
        return sum;
    }

    private int largest() {
        int largest = 0;
        for (int i = 1; i < length; i++) {
            if (MagnitudeSelection.magnitude(block, i) > MagnitudeSelection.magnitude(block, largest)) {
                largest = i;
            }
        }
        return largest;
    }
}
