package org.eden4j.compressor.stochastic;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.Norms;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;
import org.eden4j.compressor.rotation.HadamardRotation;
import org.eden4j.compressor.rotation.Rotation;

/**
 * The codec of {@link Kashin}: the range of the coefficients and {@code bits} for each, see {@link MinMaxGrid}.
 *
 * <p>The frame is the first d columns of H D / sqrt(2d) for random signs D: padding with zeros and one round of the
 * rotation computes the coefficients; rotating back and truncating recovers the block.
 */
final class KashinCodec extends ScratchCodec {
    private static final int ROUNDS = 1;
    private static final double ETA = .9;
    private static final double DELTA = 1;
    private static final long PURPOSE = 0x4B617368696EL;

    private final Kashin method;
    private final Rotation rotation;
    private final SplitMix random = new SplitMix();
    private final BitStream stream = new BitStream();
    private float[] residual = new float[0];
    private float[] coefficients = new float[0];

    KashinCodec(Kashin method) {
        super(method, KernelProvider.kernels(), new Scratch());
        this.method = method;
        rotation = new HadamardRotation(kernels, scratch);
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        int size = block.size();
        block.normalize();
        double unit = Math.scalb(block.unit(), block.exponent());
        double level = Norms.l2(scratch.coordinates(), size) / Math.sqrt(DELTA * 2 * size);
        load(size);
        for (int iteration = 1; iteration < method.iterations(); iteration++) {
            addCoefficients(size, seed, level);
            level *= ETA;
        }
        addCoefficients(size, seed, Double.POSITIVE_INFINITY);
        MemorySegment x = scratch.coordinates();
        MemorySegment.copy(coefficients, 0, x, ScalarKernels.FLOAT, 0, 2 * size);
        random.reset(seed.own(), PURPOSE);
        MinMaxGrid.write(x, 2 * size, unit, method.bits(), random, stream, payload, offset);
        return payloadBytes(length);
    }

    /** Copies the block from the scratch memory, which may lose it when it grows. */
    private void load(int size) {
        if (residual.length < 2 * size) {
            residual = new float[2 * size];
            coefficients = new float[2 * size];
        }
        MemorySegment.copy(scratch.coordinates(), ScalarKernels.FLOAT, 0, residual, 0, size);
        Arrays.fill(coefficients, 0, 2 * size, 0);
        scratch.ensure(2 * size);
    }

    /** Adds the clipped coefficients of the residual and subtracts what they represent from it. */
    private void addCoefficients(int size, BlockSeed seed, double level) {
        MemorySegment x = scratch.coordinates();
        Scratch.zero(x, size, 2 * size);
        MemorySegment.copy(residual, 0, x, ScalarKernels.FLOAT, 0, size);
        double factor = rotation.rotate(x, 0, 2 * size, seed.own(), 0, ROUNDS, x);
        for (int i = 0; i < 2 * size; i++) {
            float clipped = (float) Math.clamp(factor * x.getAtIndex(ScalarKernels.FLOAT, i), -level, level);
            coefficients[i] += clipped;
            x.setAtIndex(ScalarKernels.FLOAT, i, clipped);
        }
        MemorySegment represented = scratch.sum(4L * size);
        Scratch.zero(represented, 0, size);
        rotation.addInverse(x, 2 * size, seed.own(), ROUNDS, -1, represented, 0, size);
        for (int i = 0; i < size; i++) {
            residual[i] += represented.getAtIndex(ScalarKernels.FLOAT, i);
        }
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        MinMaxGrid.check(payload, offset);
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        int size = BlockLayout.paddedSize(length);
        scratch.ensure(2 * size);
        MemorySegment x = scratch.coordinates();
        MinMaxGrid.read(payload, offset, 2 * size, method.bits(), stream, x);
        double unit = 1;
        int largest = kernels.maxAbsBits(x, 0, 2 * size);
        if (largest != 0) {
            int exponent = Math.getExponent(Float.intBitsToFloat(largest));
            kernels.scale(x, 0, 2 * size, Math.scalb(1f, -exponent), x);
            unit = Math.scalb(1.0, exponent);
        }
        rotation.addInverse(x, 2 * size, seed.own(), ROUNDS, weight * unit, sum, sumOffset, length);
    }
}
