package org.eden4j.compressor.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagnitudeSelectionTest {
    private final MagnitudeSelection selection = new MagnitudeSelection();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 128, 1000})
    void shouldFindWhatSortingFinds(int n) {
        SplittableRandom random = new SplittableRandom(n);
        float[][] blocks = new float[5][n];
        for (int i = 0; i < n; i++) {
            blocks[0][i] = (float) random.nextGaussian();
            blocks[1][i] = Float.intBitsToFloat(random.nextInt() & 0xBFFFFFFF);
            blocks[2][i] = random.nextInt(-2, 3);
            blocks[3][i] = random.nextInt(1 << 20) * -Float.MIN_VALUE;
            blocks[4][i] = i % 2 == 0 ? -Float.MAX_VALUE : -0f;
        }
        for (float[] x : blocks) {
            float[] sorted = new float[n];
            for (int i = 0; i < n; i++) {
                sorted[i] = Math.abs(x[i]);
            }
            Arrays.sort(sorted);
            for (int rank = 1; rank <= n; rank += 1 + n / 50) {
                float found = Float.intBitsToFloat(selection.largest(TestVectors.offHeap(x), n, rank));
                assertEquals(sorted[n - rank], found, "rank " + rank + " of " + n);
            }
        }
    }
}
