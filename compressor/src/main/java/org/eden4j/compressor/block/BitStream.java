package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A cursor over a segment that reads and writes consecutive numbers of up to 32 bits, lowest bit first. It writes four
 * bytes at a time and reads eight where the segment has them, since the length of a loop over bytes cannot be
 * predicted. Mutable.
 */
public final class BitStream {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private MemorySegment bytes = MemorySegment.NULL;
    private long at;
    /** Bits from {@code filled} on are 0 in writing; in reading they may be the next ones of the segment. */
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
        if (filled >= Integer.SIZE) {
            bytes.set(INT, at, (int) buffer);
            at += Integer.BYTES;
            buffer >>>= Integer.SIZE;
            filled -= Integer.SIZE;
        }
    }

    /** Writes the remaining bits, up to a whole byte. */
    public void flush() {
        for (; filled > 0; filled -= Byte.SIZE) {
            bytes.set(ValueLayout.JAVA_BYTE, at++, (byte) buffer);
            buffer >>>= Byte.SIZE;
        }
        filled = 0;
    }

    public int read(int bits) {
        if (filled < bits) {
            fill(bits);
        }
        int value = (int) (buffer & (1L << bits) - 1);
        buffer >>>= bits;
        filled -= bits;
        return value;
    }

    private void fill(int bits) {
        if (at <= bytes.byteSize() - Long.BYTES) {
            buffer |= bytes.get(LONG, at) << filled;
            int read = Long.SIZE - 1 - filled >> 3;
            at += read;
            filled += Byte.SIZE * read;
            return;
        }
        while (filled < bits) {
            buffer |= (bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xFFL) << filled;
            filled += Byte.SIZE;
        }
    }
}
