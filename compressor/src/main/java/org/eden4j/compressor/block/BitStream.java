package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Numbers of up to 32 bits each, one after the other, lowest bit first. Mutable cursor over a segment. */
public final class BitStream {
    private MemorySegment bytes = MemorySegment.NULL;
    private long at;
    private long buffer;
    private int filled;

    public BitStream reset(MemorySegment bytes, long offset) {
        this.bytes = bytes;
        at = offset;
        buffer = 0;
        filled = 0;
        return this;
    }

    /** Bytes that {@code count} numbers of {@code bits} bits take. */
    public static int bytes(long totalBits) {
        return Math.toIntExact(totalBits + Byte.SIZE - 1 >> 3);
    }

    public void write(int value, int bits) {
        buffer |= (value & 0xFFFFFFFFL) << filled;
        filled += bits;
        while (filled >= Byte.SIZE) {
            bytes.set(ValueLayout.JAVA_BYTE, at++, (byte) buffer);
            buffer >>>= Byte.SIZE;
            filled -= Byte.SIZE;
        }
    }

    /** Writes what is left of the last byte. */
    public void flush() {
        if (filled > 0) {
            bytes.set(ValueLayout.JAVA_BYTE, at++, (byte) buffer);
            buffer = 0;
            filled = 0;
        }
    }

    public int read(int bits) {
        while (filled < bits) {
            buffer |= (bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xFFL) << filled;
            filled += Byte.SIZE;
        }
        int value = (int) (buffer & (1L << bits) - 1);
        buffer >>>= bits;
        filled -= bits;
        return value;
    }
}
