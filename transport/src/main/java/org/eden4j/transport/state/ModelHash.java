package org.eden4j.transport.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A 64-bit hash of a state's bytes that detects damaged copies. Not cryptographic: every 8 bytes are mixed into a
 * running state by the SplitMix64 finalizer (Steele, Lea, Flood, OOPSLA 2014), a bijection of the state.
 */
public final class ModelHash {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private ModelHash() {}

    /** Returns the hash of all bytes. */
    public static long of(MemorySegment model) {
        long bytes = model.byteSize();
        long state = bytes;
        long whole = bytes & -Long.BYTES;
        for (long i = 0; i < whole; i += Long.BYTES) {
            state = mix(state + GOLDEN ^ model.get(ValueLayout.JAVA_LONG_UNALIGNED, i));
        }
        if (whole < bytes) {
            long tail = 0;
            for (long i = whole; i < bytes; i++) {
                tail = tail << Byte.SIZE | model.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
            }
            state = mix(state + GOLDEN ^ tail);
        }
        return state;
    }

    private static long mix(long state) {
        long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
