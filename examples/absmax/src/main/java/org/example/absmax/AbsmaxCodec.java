package org.example.absmax;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;

/** {@link Absmax}: the largest magnitude as a little-endian float32, then one signed byte per coordinate. */
final class AbsmaxCodec implements BlockCodec {
    private static final ValueLayout.OfFloat COORDINATE = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfFloat MAGNITUDE = COORDINATE.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Absmax method;

    AbsmaxCodec(Absmax method) {
        this.method = method;
    }

    @Override
    public int payloadBytes(int length) {
        return method.maxPayloadBytes(length);
    }

    @Override
    public int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload, long payloadOffset) {
        float largest = 0;
        for (long i = first; i < first + length; i++) {
            float x = gradient.get(COORDINATE, Float.BYTES * i);
            if (!Float.isFinite(x)) {
                throw new NonFiniteGradientException(i, x, "absmax carries finite coordinates only");
            }
            largest = Math.max(largest, Math.abs(x));
        }
        payload.set(MAGNITUDE, payloadOffset, largest);
        for (int i = 0; i < length; i++) {
            double x = gradient.get(COORDINATE, Float.BYTES * (first + i));
            long level = largest == 0 ? 0 : Math.round(x * method.levels() / largest);
            payload.set(ValueLayout.JAVA_BYTE, payloadOffset + Float.BYTES + i, (byte) level);
        }
        return payloadBytes(length);
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        check(payload, payloadOffset, payloadLength, length, seed);
        double largest = payload.get(MAGNITUDE, payloadOffset);
        for (int i = 0; i < length; i++) {
            byte level = payload.get(ValueLayout.JAVA_BYTE, payloadOffset + Float.BYTES + i);
            float estimate = (float) (level * largest / method.levels());
            long at = Float.BYTES * (first + i);
            sum.set(COORDINATE, at, sum.get(COORDINATE, at) + weight * estimate);
        }
    }

    @Override
    public void check(MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed) {
        if (payloadLength != payloadBytes(length)) {
            throw new MalformedPayloadException("payload of a block of " + length + " coordinates of " + method
                    + " carries " + payloadLength + " bytes, expected " + payloadBytes(length));
        }
        float largest = payload.get(MAGNITUDE, payloadOffset);
        if (!(largest >= 0 && largest <= Float.MAX_VALUE)) {
            throw new MalformedPayloadException(
                    "payload declares the magnitude " + largest + ", expected a finite one of at least 0");
        }
        for (int i = 0; i < length; i++) {
            byte level = payload.get(ValueLayout.JAVA_BYTE, payloadOffset + Float.BYTES + i);
            if (Math.abs(level) > method.levels()) {
                throw new MalformedPayloadException("payload has the level " + level + " at coordinate " + i
                        + ", expected at most " + method.levels() + " in magnitude");
            }
        }
    }
}
