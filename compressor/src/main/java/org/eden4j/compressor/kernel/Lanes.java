package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of the chosen width, loaded from and stored to addresses.
 *
 * <p>All loads and stores go through one constant segment that spans the whole memory. With a segment passed as an
 * argument the JVM checks its class, bounds and lifetime on each access, ten instructions besides the load itself, and
 * takes the class from a type profile shared by all vector accesses of the JVM: one access to an on-heap segment slows
 * down all others, in some runs of the JVM and not in others. A kernel therefore obtains the address of its memory
 * once, which checks the bounds of the whole, and keeps the segment reachable until it is done.
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = switch (KernelProvider.widthBits()) {
        case 128 -> FloatVector.SPECIES_128;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_512;
    };
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /** Number of float32 or int32 lanes of a vector: 4, 8 or 16. */
    static final int WIDTH = FLOATS.length();
    /** Size of a vector in bytes. */
    static final int VECTOR = 4 * WIDTH;

    static final ByteOrder NATIVE = ByteOrder.nativeOrder();
    private static final ByteOrder WIRE = ByteOrder.LITTLE_ENDIAN;
    /** The whole memory; addresses are its offsets. */
    @SuppressWarnings("restricted")
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    /** No user address and no size has more bits. */
    private static final long ADDRESS_BITS = (1L << 56) - 1;

    private Lanes() {}

    /**
     * Returns the address of {@code bytes} bytes at an offset of a segment, which must stay reachable while the address
     * is in use.
     *
     * @throws IndexOutOfBoundsException if they are not within the segment
     * @throws IllegalArgumentException if the segment is on-heap
     * @throws IllegalStateException if its arena has been closed
     * @throws WrongThreadException if its arena belongs to another thread
     */
    static long address(MemorySegment segment, long offset, long bytes) {
        if (offset < 0 || bytes < 0 || offset > segment.byteSize() - bytes) {
            throw new IndexOutOfBoundsException("bytes from " + offset + " to " + (offset + bytes)
                    + " of a segment of " + segment.byteSize());
        }
        if (!segment.isNative()) {
            throw new IllegalArgumentException("the segment is on the heap");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the segment's arena is closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the segment's arena is confined to another thread");
        }
        return segment.address() + offset;
    }

    /**
     * Returns the address of memory passed in to be written.
     *
     * @throws IllegalArgumentException if the segment is on-heap or read-only
     */
    static long writable(MemorySegment segment, long offset, long bytes) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("the segment is read-only, and was to be written to");
        }
        return address(segment, offset, bytes);
    }

    /** Returns the address of float32 or int32 coordinates from byte 0. */
    static long address(MemorySegment segment, int coordinates) {
        return address(segment, 0, 4L * coordinates);
    }

    /**
     * Returns the address of coordinate i, given the address of coordinate 0. The compiler can prove that this and the
     * next few bytes are within {@link #MEMORY}, which saves a check per access; use one call for all vectors of an
     * iteration.
     */
    static long at(long x, int i) {
        return x + 4L * i & ADDRESS_BITS;
    }

    /** Returns a distance that the compiler knows to be non-negative, for the same reason. */
    static long distance(int coordinates) {
        return 4L * coordinates & ADDRESS_BITS;
    }

    static FloatVector floats(long address) {
        return FloatVector.fromMemorySegment(FLOATS, MEMORY, address, NATIVE);
    }

    static IntVector ints(long address) {
        return IntVector.fromMemorySegment(INTS, MEMORY, address, NATIVE);
    }

    static IntVector wireInts(long address) {
        return IntVector.fromMemorySegment(INTS, MEMORY, address, WIRE);
    }

    static void store(FloatVector v, long address) {
        v.intoMemorySegment(MEMORY, address, NATIVE);
    }

    static void store(IntVector v, long address) {
        v.intoMemorySegment(MEMORY, address, NATIVE);
    }

    static void storeWire(IntVector v, long address) {
        v.intoMemorySegment(MEMORY, address, WIRE);
    }
}
