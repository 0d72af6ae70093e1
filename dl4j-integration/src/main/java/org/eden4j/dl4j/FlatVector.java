package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Several arrays viewed as one vector, in order; nothing is copied.
 *
 * @param arrays in the order of their coordinates
 */
record FlatVector(List<FlatArray> arrays) {
    FlatVector {
        arrays = List.copyOf(arrays);
    }

    long length() {
        return arrays.stream().mapToLong(FlatArray::length).sum();
    }

    long byteSize() {
        return length() * Float.BYTES;
    }

    void copyTo(MemorySegment target) {
        long offset = 0;
        for (FlatArray array : arrays) {
            MemorySegment floats = array.floats();
            target.asSlice(offset, floats.byteSize()).copyFrom(floats);
            offset += floats.byteSize();
        }
    }

    void copyFrom(MemorySegment source) {
        long offset = 0;
        for (FlatArray array : arrays) {
            MemorySegment floats = array.floats();
            floats.copyFrom(source.asSlice(offset, floats.byteSize()));
            offset += floats.byteSize();
        }
    }
}
