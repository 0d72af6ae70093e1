package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A cursor over a segment that reads and writes consecutive numbers of up to 32 bits, lowest bit first. Mutable. */
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

    /** Returns the number of bytes that hold {@code totalBits} bits. */
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

    /** Writes the remaining bits of the last byte. */
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
