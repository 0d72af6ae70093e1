package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.eden4j.compressor.ReferenceTable;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.eden.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodebookTest {
    /** The tables' residual is below 5e-14. */
    private static final double TOLERANCE = 1e-9;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldFindTheCentroidsOfTheReferenceTable(int bits) {
        List<ReferenceTable.Row> rows = rows("/reference/lloyd_max_centroids.csv", bits);
        double[] centroids = Codebook.ofBits(bits).centroids();
        assertEquals(1 << bits - 1, rows.size());
        assertEquals(rows.size(), centroids.length);
        for (ReferenceTable.Row row : rows) {
            int k = row.integer("index");
            assertEquals(row.number("positive_centroid"), centroids[k], TOLERANCE, "centroid " + k);
            if (k < centroids.length - 1) {
                assertEquals(row.number("upper_boundary"), (centroids[k] + centroids[k + 1]) / 2, TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKnowItsDistortion(int bits) {
        ReferenceTable.Row row = rows("/reference/lloyd_max_distortion.csv", bits).getFirst();
        double distortion = Codebook.ofBits(bits).distortion();
        assertEquals(row.number("distortion"), distortion, 1e-11 * row.number("distortion") + 1e-15);
        assertEquals(row.number("unbiased_vnmse"), ScaleRule.UNBIASED.vnmse(distortion), TOLERANCE);
        assertEquals(row.number("matched_norm_vnmse"), ScaleRule.MATCHED_NORM.vnmse(distortion), TOLERANCE);
        assertEquals(row.number("cos2"), 1 - ScaleRule.BIASED.vnmse(distortion), TOLERANCE);
    }

    @Test
    void shouldKnowTheClosedFormOfOneBit() {
        assertEquals(Math.sqrt(2 / Math.PI), Codebook.ofBits(1).centroids()[0], 1e-15);
        assertEquals(Math.PI / 2 - 1, ScaleRule.UNBIASED.vnmse(Codebook.ofBits(1).distortion()), 1e-14);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldGiveTheKernelsWhatItComputed(int bits) {
        Codebook codebook = Codebook.ofBits(bits);
        double[] centroids = codebook.centroids();
        for (int k = 0; k < centroids.length; k++) {
            assertEquals((float) centroids[k], codebook.floatCentroids()[k]);
            assertEquals(Float.floatToRawIntBits((float) centroids[k]), codebook.centroidBits()[k]);
        }
        for (int k = 0; k < centroids.length - 1; k++) {
            assertEquals((float) ((centroids[k] + centroids[k + 1]) / 2), codebook.floatBoundaries()[k]);
        }
        assertEquals(centroids.length - 1, codebook.floatBoundaries().length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldGiveABoundaryToTheLowerCellAndTiesAtZeroToThePositiveHalf(int bits) {
        float[] boundaries = Codebook.ofBits(bits).floatBoundaries();
        int sign = 1 << bits - 1;
        for (int k = 0; k < boundaries.length; k++) {
            assertEquals(k, index(bits, boundaries[k]), "at boundary " + k);
            assertEquals(k + 1, index(bits, Math.nextUp(boundaries[k])), "above boundary " + k);
            assertEquals(sign | k, index(bits, -boundaries[k]), "at the mirrored boundary " + k);
            assertEquals(sign | k + 1, index(bits, -Math.nextUp(boundaries[k])), "beyond the mirrored boundary " + k);
        }
        assertEquals(0, index(bits, 0f));
        assertEquals(0, index(bits, -0f));
        assertEquals(0, index(bits, -Codebook.TIE));
        assertEquals(sign, index(bits, Math.nextDown(-Codebook.TIE)));
        assertEquals(sign - 1, index(bits, Float.MAX_VALUE));
        assertEquals(2 * sign - 1, index(bits, -Float.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldMapEveryCentroidToItselfOnBothSides(int bits) {
        float[] centroids = Codebook.ofBits(bits).floatCentroids();
        for (int k = 0; k < centroids.length; k++) {
            assertEquals(k, index(bits, centroids[k]));
            assertEquals(1 << bits - 1 | k, index(bits, -centroids[k]));
        }
    }

    @Test
    void shouldRefuseBitsOutsideOneToEight() {
        for (int bits : new int[]{Integer.MIN_VALUE, -1, 0, 9, 32}) {
            String message = assertThrows(IllegalArgumentException.class, () -> Codebook.ofBits(bits)).getMessage();
            assertTrue(message.contains("from 1 to 8") && message.contains("got " + bits), message);
        }
    }

    private static int index(int bits, float z) {
        MemorySegment x = TestVectors.offHeap(TestVectors.sparse(128, z));
        MemorySegment indices = Arena.ofAuto().allocate(4 * 128);
        new ScalarKernels().quantize(x, 128, 1, 0, Codebook.ofBits(bits), indices);
        return indices.getAtIndex(ScalarKernels.INT, 0);
    }

    private static List<ReferenceTable.Row> rows(String table, int bits) {
        return ReferenceTable.read(table).stream().filter(row -> row.integer("bits") == bits).toList();
    }
}
