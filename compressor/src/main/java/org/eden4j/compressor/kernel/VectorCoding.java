package org.eden4j.compressor.kernel;

import static org.eden4j.compressor.kernel.Lanes.address;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The loops of trellis and entropy coding in vectors of 128, 256 or 512 bits, identical to {@link ScalarCoding} bit for
 * bit. This class converts segments to addresses; the loops are in {@link VectorTrellis} and {@link VectorRans}.
 */
final class VectorCoding implements CodingKernels {
    private final VectorTrellis paths = new VectorTrellis();
    private final VectorRans rans = new VectorRans();

    @Override
    public void latticeTrellis(
            Trellis trellis, MemorySegment y, int n, float quarter, float limit, MemorySegment points) {
        paths.lattice(trellis, address(y, n), n, quarter, limit, address(points, n));
        Reference.reachabilityFence(y);
        Reference.reachabilityFence(points);
    }

    @Override
    public void codebookTrellis(
            TrellisCodebook codebook, MemorySegment y, int n, float scale, MemorySegment indices,
            MemorySegment points) {
        paths.quantize(codebook, address(y, n), n, scale, address(indices, n), address(points, n));
        Reference.reachabilityFence(y);
        Reference.reachabilityFence(indices);
        Reference.reachabilityFence(points);
    }

    @Override
    public void codebookPoints(TrellisCodebook codebook, MemorySegment indices, int n, MemorySegment points) {
        paths.lookUp(codebook, address(indices, n), n, address(points, n));
        Reference.reachabilityFence(indices);
        Reference.reachabilityFence(points);
    }

    @Override
    public void deadZone(MemorySegment y, int n, float scale, float threshold, MemorySegment points) {
        paths.deadZone(address(y, n), n, scale, threshold, address(points, n));
        Reference.reachabilityFence(y);
        Reference.reachabilityFence(points);
    }

    @Override
    public int ransEncode(MemorySegment points, int n, RansTable table, int[] states, MemorySegment words) {
        long room = 2L * WORD_MARGIN + (long) Short.BYTES * n;
        int bytes = rans.encode(address(points, n), n, table, states, address(words, 0, room) + WORD_MARGIN);
        Reference.reachabilityFence(points);
        Reference.reachabilityFence(words);
        return bytes;
    }

    @Override
    public int ransDecode(
            MemorySegment words, int bytes, int n, RansTable table, int[] states, int[] lanePaths, float unit,
            MemorySegment points) {
        long at = address(words, 0, 2L * WORD_MARGIN + bytes) + WORD_MARGIN;
        int left = rans.decode(at, bytes, n, table, states, lanePaths, unit, address(points, n));
        Reference.reachabilityFence(words);
        Reference.reachabilityFence(points);
        return left;
    }
}
