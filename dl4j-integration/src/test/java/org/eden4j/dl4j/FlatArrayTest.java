package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FlatArrayTest {
    @Test
    void shouldReadAndWriteTheArrayInPlace() {
        INDArray array = Nd4j.arange(1001).castTo(DataType.FLOAT).reshape(1, 1001);
        FlatArray flat = FlatArray.of("values", array);
        assertEquals(1001, flat.length());
        for (int i = 0; i < 1001; i++) {
            assertEquals(array.getFloat(0, i), flat.get(i));
        }
        flat.set(1000, -7);
        assertEquals(-7, array.getFloat(0, 1000));
        array.putScalar(0, 3, 11);
        assertEquals(11, flat.get(3));
    }

    @Test
    void shouldRefuseOtherTypes() {
        assertEquals(
                "the values are DOUBLE, only FLOAT can be exchanged: build the network with dataType(DataType.FLOAT)",
                assertThrows(IllegalArgumentException.class,
                        () -> FlatArray.of("values", Nd4j.create(DataType.DOUBLE, 1, 10)))
                    .getMessage());
    }

    @Test
    void shouldRefuseViews() {
        INDArray whole = Nd4j.create(DataType.FLOAT, 100);
        INDArray beginning = whole.get(NDArrayIndex.interval(0, 60));
        assertEquals("the values are a view of 60 values at offset 0 in a buffer of 100: "
                + "only an array that spans its whole buffer can be exchanged",
                assertThrows(IllegalArgumentException.class, () -> FlatArray.of("values", beginning)).getMessage());
        INDArray view = whole.get(NDArrayIndex.interval(10, 60));
        assertEquals("the values are a view of 50 values at offset 10 in a buffer of 100: "
                + "only an array that spans its whole buffer can be exchanged",
                assertThrows(IllegalArgumentException.class, () -> FlatArray.of("values", view)).getMessage());
    }
}
