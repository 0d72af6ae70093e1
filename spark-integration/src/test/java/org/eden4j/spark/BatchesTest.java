package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

class BatchesTest {
    @Test
    void shouldPutExamplesTogetherAndCutBatchesUp() {
        List<DataSet> batches = Batches
            .of(List.of(Numbers.of(0, 1), Numbers.of(1, 9), Numbers.of(10, 4), Numbers.of(14, 3))
                .iterator(), 4);
        assertEquals(List.of(4, 4, 4, 4, 1), batches.stream().map(DataSet::numExamples).toList());
        for (int batch = 0; batch < batches.size(); batch++) {
            for (int i = 0; i < batches.get(batch).numExamples(); i++) {
                assertEquals(4 * batch + i, batches.get(batch).getFeatures().getDouble(i, 0));
            }
        }
    }

    @Test
    void shouldTakeElementsAsTheyAre() {
        List<DataSet> batches = Batches.of(List.of(Numbers.of(0, 3), Numbers.of(3, 1)).iterator(), 0);
        assertArrayEquals(new int[]{3, 1}, batches.stream().mapToInt(DataSet::numExamples).toArray());
    }
}
