package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.BlockMask;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Less than a bit: a seeded mask keeps exactly round(p d) rotated coordinates, at least one, and sends their signs; the
 * others decode as zero (EDEN, Vargaftik et al., ICML 2022, section 4). The scale rules see those zeros as centroids, so
 * the unbiased vNMSE is (1 + v) / p - 1 with v = pi/2 - 1 that of one bit. Dropping comes after the rotation: before it,
 * a sparse block may lose all it has.
 */
final class DroppingQuantizer implements Quantizer {
    private final double fraction;
    private final Codebook codebook = Codebook.ofBits(1);
    private final BlockMask mask = new BlockMask();
    private final BitStream stream = new BitStream();

    DroppingQuantizer(double bits) {
        fraction = bits;
    }

    static double distortion(double bits) {
        return 1 - bits * (1 - Codebook.ofBits(1).distortion());
    }

    static int packedBytes(double fraction, int size) {
        return BitStream.bytes(BlockMask.members(fraction, size));
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        int members = BlockMask.members(fraction, size);
        mask.reset(seed, size);
        stream.reset(packed, packedOffset);
        Scratch.zero(centroids, 0, size);
        for (int j = 0; j < members; j++) {
            int coordinate = mask.coordinate(j);
            int index = codebook.index(y.getAtIndex(ScalarKernels.FLOAT, coordinate) * scale);
            stream.write(index, 1);
            centroids.setAtIndex(ScalarKernels.FLOAT, coordinate, codebook.centroid(index));
        }
        stream.flush();
    }

    @Override
    public void unpack(MemorySegment packed, long packedOffset, int size, long seed, MemorySegment centroids) {
        int members = BlockMask.members(fraction, size);
        mask.reset(seed, size);
        stream.reset(packed, packedOffset);
        Scratch.zero(centroids, 0, size);
        for (int j = 0; j < members; j++) {
            centroids.setAtIndex(ScalarKernels.FLOAT, mask.coordinate(j), codebook.centroid(stream.read(1)));
        }
    }
}
