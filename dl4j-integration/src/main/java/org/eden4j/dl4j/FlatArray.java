package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An ND4J array viewed as float32 memory; nothing is copied, and writes go through to the array.
 *
 * @param owner keeps the memory alive: ND4J frees it with the array
 * @param floats the memory, native byte order
 */
record FlatArray(INDArray owner, MemorySegment floats) {
    /** Largest number of coordinates of an array: NIO buffers count their bytes in an int. */
    private static final long MOST = Integer.MAX_VALUE / Float.BYTES;

    /**
     * @param name the array's name in error messages
     * @throws IllegalArgumentException if it is not a whole, contiguous FLOAT buffer
     */
    static FlatArray of(String name, INDArray array) {
        if (array.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("the " + name + " are " + array.dataType()
                    + ", only FLOAT can be exchanged: build the network with dataType(DataType.FLOAT)");
        }
        if (array.length() > MOST) {
            throw new IllegalArgumentException(
                    "the " + name + " have " + array.length() + " values, at most " + MOST + " can be exchanged");
        }
        // isView() does not help: it is true of every reshaped array, including the parameters of a whole graph
        long buffer = array.data().underlyingLength();
        if (array.offset() != 0 || array.length() != buffer) {
            throw new IllegalArgumentException("the " + name + " are a view of " + array.length() + " values at offset "
                    + array.offset() + " in a buffer of " + buffer
                    + ": only an array that spans its whole buffer can be exchanged");
        }
        ByteBuffer bytes = array.data().asNio();
        return new FlatArray(array, MemorySegment.ofBuffer(bytes).asSlice(0, array.length() * Float.BYTES));
    }

    long length() {
        return floats.byteSize() / Float.BYTES;
    }

    float get(long i) {
        return floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }

    void set(long i, float value) {
        floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
}
