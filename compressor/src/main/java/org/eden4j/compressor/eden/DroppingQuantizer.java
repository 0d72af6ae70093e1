package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.BlockMask;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Less than one bit per coordinate. A seeded mask keeps exactly round(p d) rotated coordinates, at least
 * {@value #FEWEST}, and sends their signs; the others decode to zero (EDEN, Vargaftik et al., ICML 2022, section 4).
 * The scale rules treat those zeros as centroids, so the unbiased vNMSE is (1 + v) / p - 1 with v = pi/2 - 1, the vNMSE
 * of one bit. Coordinates are dropped after the rotation: before it, a sparse block could lose all its non-zero
 * coordinates.
 *
 * <p>The unbiased scale divides by the sum of the k magnitudes kept. For N(0,1) coordinates the second moment of its
 * inverse is infinite up to k = 2 and (pi/2)(1 + 3 (pi/2 - 1) / k + ...) / k^2 above. In a rotated one-hot block of 128
 * one coordinate in eight is exactly zero, and all k are zero with probability 8^-k. At least {@value #FEWEST} are
 * therefore kept, 8^-12 = 1e-11, and a block whose kept magnitudes sum to less than 1/64 of the expected sum sends the
 * scale 0: the whole block is lost.
 */
final class DroppingQuantizer implements Quantizer {
    /** Smallest number of coordinates kept, whatever the number of bits. */
    static final int FEWEST = 12;
    private static final double LEAST_SHARE = 1 / 64.0;

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

    /** Returns the number of coordinates kept in a block of {@code size}. */
    static int kept(double fraction, int size) {
        return Math.max(Math.min(FEWEST, size), BlockMask.members(fraction, size));
    }

    static int packedBytes(double fraction, int size) {
        return BitStream.bytes(kept(fraction, size));
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        int members = kept(fraction, size);
        mask.reset(seed, size);
        stream.reset(packed, packedOffset);
        Scratch.zero(centroids, 0, size);
        for (int j = 0; j < members; j++) {
            int coordinate = mask.coordinate(j);
            int index = codebook.index(Math.fma(y.getAtIndex(ScalarKernels.FLOAT, coordinate), scale, shift));
            stream.write(index, 1);
            centroids.setAtIndex(ScalarKernels.FLOAT, coordinate, codebook.centroid(index));
        }
        stream.flush();
    }

    @Override
    public boolean sees(double dot, int size) {
        double centroid = codebook.centroid(0);
        return dot >= LEAST_SHARE * kept(fraction, size) * centroid * centroid;
    }

    @Override
    public int packedBytes(int size) {
        return packedBytes(fraction, size);
    }

    @Override
    public void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids) {
        int members = kept(fraction, size);
        mask.reset(seed, size);
        stream.reset(packed, packedOffset);
        Scratch.zero(centroids, 0, size);
        for (int j = 0; j < members; j++) {
            centroids.setAtIndex(ScalarKernels.FLOAT, mask.coordinate(j), codebook.centroid(stream.read(1)));
        }
    }
}
