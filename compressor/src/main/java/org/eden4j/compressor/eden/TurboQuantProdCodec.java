package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;
import org.eden4j.compressor.rotation.HaarRotation;
import org.eden4j.compressor.rotation.Rotation;

/**
 * The codec of {@link TurboQuantProd}: float32 scale of the codebook, float32 norm of the residual, the packed indices
 * at bits - 1, then one sign bit per coordinate.
 */
final class TurboQuantProdCodec extends ScratchCodec {
    private static final int HEADER_BYTES = 2 * Float.BYTES;
    private static final long PURPOSE = 0x514A4CL;

    private final TurboQuantProd method;
    private final Rotation rotation;
    private final Rotation haar;
    private final SplitMix random = new SplitMix();
    private final BitStream stream = new BitStream();
    private final double[] residual;

    TurboQuantProdCodec(TurboQuantProd method) {
        super(method, KernelProvider.kernels(), new Scratch());
        this.method = method;
        residual = new double[method.largestBlock()];
        rotation = method.rotation().create(kernels, scratch);
        haar = new HaarRotation(kernels);
    }

    private static int packedBytes(int bits, int size) {
        return size * (bits - 1) / Byte.SIZE;
    }

    static int payloadBytes(int bits, int size) {
        return HEADER_BYTES + packedBytes(bits, size) + size / Byte.SIZE;
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment y = scratch.coordinates();
        MemorySegment c = scratch.centroids();
        int size = block.size();
        int rounds = method.rounds().forBlock(size);
        double unit = block.unit() * rotation.rotate(block.source(), block.sourceOffset(), size, seed.own(),
                block.exponent(), rounds, y);
        double deviation = Math.sqrt(kernels.dot(y, y, size) / size);
        Scratch.zero(c, 0, size);
        if (method.bits() > 1) {
            Codebook codebook = Codebook.ofBits(method.bits() - 1);
            kernels.quantize(y, size, (float) (1 / deviation), 0, codebook, c);
            kernels.pack(c, size, codebook.bits(), payload, offset + HEADER_BYTES);
            kernels.lookUp(c, size, codebook);
        }
        double squaredNorm = 0;
        for (int i = 0; i < size; i++) {
            residual[i] = y.getAtIndex(ScalarKernels.FLOAT, i) - deviation * c.getAtIndex(ScalarKernels.FLOAT, i);
            squaredNorm += residual[i] * residual[i];
        }
        payload.set(WIRE_FLOAT, offset, saturated(unit * deviation));
        payload.set(WIRE_FLOAT, offset + Float.BYTES, saturated(unit * Math.sqrt(squaredNorm)));
        stream.reset(payload, offset + HEADER_BYTES + packedBytes(method.bits(), size));
        writeSigns(c, size, seed);
        return payloadBytes(length);
    }

    /** Writes the signs of S residual. */
    private void writeSigns(MemorySegment buffer, int size, BlockSeed seed) {
        if (method.qjl() == TurboQuantProd.Qjl.GAUSSIAN) {
            random.reset(seed.own(), PURPOSE);
            for (int row = 0; row < size; row++) {
                double product = 0;
                for (int i = 0; i < size; i++) {
                    product += random.nextGaussian() * residual[i];
                }
                stream.write(product < 0 ? 1 : 0, 1);
            }
        } else {
            for (int i = 0; i < size; i++) {
                buffer.setAtIndex(ScalarKernels.FLOAT, i, (float) residual[i]);
            }
            haar.rotate(buffer, 0, size, seed.own() + PURPOSE, 0, 1, buffer);
            for (int i = 0; i < size; i++) {
                stream.write(buffer.getAtIndex(ScalarKernels.FLOAT, i) < 0 ? 1 : 0, 1);
            }
        }
        stream.flush();
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        magnitude(payload.get(WIRE_FLOAT, offset), "scale");
        magnitude(payload.get(WIRE_FLOAT, offset + Float.BYTES), "norm of the residual");
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        double deviation = magnitude(payload.get(WIRE_FLOAT, offset), "scale");
        double norm = magnitude(payload.get(WIRE_FLOAT, offset + Float.BYTES), "norm of the residual");
        int size = BlockLayout.paddedSize(length);
        // The larger of the two is part of the factor of the last step, so the preceding values fit float32.
        double unit = Math.max(deviation, norm);
        if (unit == 0) {
            return;
        }
        stream.reset(payload, offset + HEADER_BYTES + packedBytes(method.bits(), size));
        readResidual(size, seed, norm / unit);
        MemorySegment y = scratch.coordinates();
        Scratch.zero(y, 0, size);
        if (method.bits() > 1) {
            kernels.unpack(payload, offset + HEADER_BYTES, size, Codebook.ofBits(method.bits() - 1), y);
        }
        for (int i = 0; i < size; i++) {
            double value = deviation / unit * y.getAtIndex(ScalarKernels.FLOAT, i) + residual[i];
            y.setAtIndex(ScalarKernels.FLOAT, i, (float) value);
        }
        int rounds = method.rounds().forBlock(size);
        rotation.addInverse(y, size, seed.own(), rounds, weight * unit, sum, sumOffset, length);
    }

    /** residual = sqrt(pi/2) norm / d S^T signs for a Gaussian S, sqrt(pi/2) norm / sqrt(d) for an orthogonal one. */
    private void readResidual(int size, BlockSeed seed, double norm) {
        Arrays.fill(residual, 0, size, 0);
        if (method.qjl() == TurboQuantProd.Qjl.GAUSSIAN) {
            double factor = Math.sqrt(Math.PI / 2) * norm / size;
            random.reset(seed.own(), PURPOSE);
            for (int row = 0; row < size; row++) {
                double signed = stream.read(1) == 0 ? factor : -factor;
                for (int i = 0; i < size; i++) {
                    residual[i] += random.nextGaussian() * signed;
                }
            }
            return;
        }
        double factor = Math.sqrt(Math.PI / 2 / size) * norm;
        MemorySegment signs = scratch.centroids();
        for (int i = 0; i < size; i++) {
            signs.setAtIndex(ScalarKernels.FLOAT, i, stream.read(1) == 0 ? 1 : -1);
        }
        MemorySegment back = scratch.coordinates();
        Scratch.zero(back, 0, size);
        haar.addInverse(signs, size, seed.own() + PURPOSE, 1, factor, back, 0, size);
        for (int i = 0; i < size; i++) {
            residual[i] = back.getAtIndex(ScalarKernels.FLOAT, i);
        }
    }
}
