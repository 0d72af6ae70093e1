package org.eden4j.compressor.sparse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.kernel.ScalarKernels;

/** Signs in {-1, 0, 1}, five per byte: base-3 digits, lowest first; 0, 1, 2 represent 0, 1, -1. */
final class Trits {
    static final double BITS = 8.0 / 5;
    private static final int IN_A_BYTE = 5;
    private static final int VALUES = 243;
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    private Trits() {}

    static int bytes(int count) {
        return (count + IN_A_BYTE - 1) / IN_A_BYTE;
    }

    /** Writes sign i as a digit of byte i / 5; the payload must be zero before. */
    static void add(MemorySegment payload, long offset, int i, int sign) {
        long at = offset + i / IN_A_BYTE;
        int digit = sign < 0 ? 2 : sign;
        int sum = (payload.get(ValueLayout.JAVA_BYTE, at) & 0xFF) + digit * POWERS[i % IN_A_BYTE];
        payload.set(ValueLayout.JAVA_BYTE, at, (byte) sum);
    }

    /** Sets x[i] to the i-th sign times {@code magnitude}. */
    static void read(MemorySegment payload, long offset, int count, float magnitude, MemorySegment x) {
        for (int start = 0; start < count; start += IN_A_BYTE) {
            int rest = payload.get(ValueLayout.JAVA_BYTE, offset + start / IN_A_BYTE) & 0xFF;
            if (rest >= VALUES) {
                throw new MalformedPayloadException("byte " + start / IN_A_BYTE + " of the signs is " + rest
                        + ", expected at most " + (VALUES - 1));
            }
            for (int i = start; i < Math.min(count, start + IN_A_BYTE); i++) {
                int digit = rest % 3;
                rest /= 3;
                x.setAtIndex(ScalarKernels.FLOAT, i, digit == 0 ? 0 : digit == 1 ? magnitude : -magnitude);
            }
        }
    }
}
