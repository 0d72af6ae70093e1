package org.eden4j.transport.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.NonFiniteGradientException;

/** A blocked method whose payloads vary in length: pairs of a value and its position for coordinates of at least a half. */
public record Varying() implements Method {
    private static final int PAIR_BYTES = Float.BYTES + Short.BYTES;

    @Override
    public MethodType type() {
        return new VaryingType();
    }

    @Override
    public BlockCodec codec() {
        return new Codec();
    }

    @Override
    public int maxPayloadBytes(int length) {
        return PAIR_BYTES * length;
    }

    @Override
    public boolean hasFixedLength() {
        return false;
    }

    @Override
    public double bitsPerCoordinate() {
        return Byte.SIZE * PAIR_BYTES;
    }

    @Override
    public boolean isUnbiased() {
        return false;
    }

    @Override
    public String toString() {
        return MethodText.of(type()).toString();
    }

    private static final class Codec implements BlockCodec {
        private static final ValueLayout.OfShort INDEX = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

        @Override
        public int payloadBytes(int length) {
            return PAIR_BYTES * length;
        }

        @Override
        public int encode(
                MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
                long payloadOffset) {
            long position = payloadOffset;
            for (int i = 0; i < length; i++) {
                float x = gradient.get(FLOAT, Float.BYTES * (first + i));
                if (!Float.isFinite(x)) {
                    throw new NonFiniteGradientException(first + i, x, "finite coordinates only");
                }
                if (Math.abs(x) >= .5f) {
                    payload.set(FLOAT, position, x);
                    payload.set(INDEX, position + Float.BYTES, (short) i);
                    position += PAIR_BYTES;
                }
            }
            return (int) (position - payloadOffset);
        }

        @Override
        public void accumulate(
                MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
                MemorySegment sum, long first) {
            check(payload, payloadOffset, payloadLength, length, seed);
            for (int pair = 0; pair < payloadLength; pair += PAIR_BYTES) {
                long at = Float.BYTES * (first + payload.get(INDEX, payloadOffset + pair + Float.BYTES));
                sum.set(FLOAT, at, sum.get(FLOAT, at) + weight * payload.get(FLOAT, payloadOffset + pair));
            }
        }

        @Override
        public void check(
                MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed) {
            int before = -1;
            for (int pair = 0; pair < payloadLength; pair += PAIR_BYTES) {
                int index = payloadLength - pair < PAIR_BYTES ? -1
                        : payload.get(INDEX, payloadOffset + pair + Float.BYTES);
                if (index <= before || index >= length || !Float.isFinite(payload.get(FLOAT, payloadOffset + pair))) {
                    throw new MalformedPayloadException("pair " + pair / PAIR_BYTES + " of a block of " + length);
                }
                before = index;
            }
        }
    }
}
