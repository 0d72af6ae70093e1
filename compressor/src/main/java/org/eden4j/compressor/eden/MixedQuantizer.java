package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.BlockMask;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * A fractional number of bits above one. A seeded mask of exactly round(f d) coordinates uses the larger codebook and
 * the others use the smaller one, under one scale (EDEN, Vargaftik et al., ICML 2022, section 4). The distortion is the
 * mean D = (1 - f) D_floor + f D_ceil, so the unbiased vNMSE is D / (1 - D).
 */
final class MixedQuantizer implements Quantizer {
    private final Codebook small;
    private final Codebook large;
    private final double fraction;
    private final BlockMask mask = new BlockMask();
    private final BitStream stream = new BitStream();

    MixedQuantizer(double bits) {
        small = Codebook.ofBits((int) Math.floor(bits));
        large = Codebook.ofBits((int) Math.ceil(bits));
        fraction = bits - Math.floor(bits);
    }

    static double distortion(double bits) {
        double fraction = bits - Math.floor(bits);
        return (1 - fraction) * Codebook.ofBits((int) Math.floor(bits)).distortion()
                + fraction * Codebook.ofBits((int) Math.ceil(bits)).distortion();
    }

    /** With a whole number of bits no coordinate uses the larger codebook. */
    static int packedBytes(double bits, int size) {
        int floor = (int) Math.floor(bits);
        int larger = bits == floor ? 0 : BlockMask.members(bits - floor, size);
        return BitStream.bytes((long) size * floor + larger);
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        int members = BlockMask.members(fraction, size);
        mask.reset(seed, size);
        stream.reset(packed, packedOffset);
        for (int j = 0; j < size; j++) {
            Codebook codebook = j < members ? large : small;
            int coordinate = mask.coordinate(j);
            int index = codebook.index(Math.fma(y.getAtIndex(ScalarKernels.FLOAT, coordinate), scale, shift));
            stream.write(index, codebook.bits());
            centroids.setAtIndex(ScalarKernels.FLOAT, coordinate, codebook.centroid(index));
        }
        stream.flush();
    }

    @Override
    public int packedBytes(int size) {
        return packedBytes(small.bits() + fraction, size);
    }

    @Override
    public void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids) {
        int members = BlockMask.members(fraction, size);
        mask.reset(seed, size);
        stream.reset(packed, packedOffset);
        for (int j = 0; j < size; j++) {
            Codebook codebook = j < members ? large : small;
            float centroid = codebook.centroid(stream.read(codebook.bits()));
            centroids.setAtIndex(ScalarKernels.FLOAT, mask.coordinate(j), centroid);
        }
    }
}
