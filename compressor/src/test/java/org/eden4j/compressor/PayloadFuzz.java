package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.eden.TurboQuantProd;

/**
 * Every codec decodes any payload or throws {@link MalformedPayloadException} with the sum unchanged; it never writes
 * outside its block.
 *
 * <pre>
 * byte 0     method, modulo their number
 * byte 1     bit 0: payload on the heap, bit 1: sum on the heap, bit 2: payload cut or extended to the right length
 * bytes 2,3  length of the block - 1, modulo 5000
 * bytes 4-7  seed
 * bytes 8-   payload
 * </pre>
 */
class PayloadFuzz {
    static final int HEADER_BYTES = 8;
    private static final int LONGEST = 5000;
    private static final int GUARD = 32;
    private static final float START = 0.25f;
    private static final List<Method> METHODS = MethodSamples.all();
    private static final BlockCodec[] CODECS = METHODS.stream().map(BlockCodec::of).toArray(BlockCodec[]::new);

    /** Creates an input for this target. */
    static byte[] input(int method, int flags, int length, int seed, byte[] payload) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) method)
            .put((byte) flags)
            .putShort((short) (length - 1))
            .putInt(seed)
            .put(payload)
            .array();
    }

    @FuzzTest(maxDuration = "30s")
    void accumulate(byte[] input) {
        if (input.length < HEADER_BYTES) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        int index = Byte.toUnsignedInt(input[0]) % METHODS.size();
        Method method = METHODS.get(index);
        BlockCodec codec = CODECS[index];
        int flags = input[1];
        int length = 1 + Short.toUnsignedInt(in.getShort(2)) % longest(method);
        byte[] payload = Arrays.copyOfRange(input, HEADER_BYTES, input.length);
        if ((flags & 4) != 0) {
            payload = continued(payload, codec.payloadBytes(length));
        }
        try (Arena arena = Arena.ofConfined()) {
            decode(codec, method, length, BlockSeed.of(in.getInt(4), 1, 2, 3),
                    segment(payload, (flags & 1) != 0, arena),
                    sum(length, (flags & 2) != 0, arena));
        }
    }

    /** Dense matrices are slow, and some methods do not support longer blocks. */
    private static int longest(Method method) {
        return method instanceof TurboQuantProd || method.toString().contains("haar") ? 256 : LONGEST;
    }

    private static byte[] continued(byte[] payload, int length) {
        byte[] result = new byte[length];
        for (int i = 0; i < length && payload.length > 0; i++) {
            result[i] = payload[i % payload.length];
        }
        return result;
    }

    private static MemorySegment segment(byte[] payload, boolean onHeap, Arena arena) {
        return onHeap ? MemorySegment.ofArray(payload) : arena.allocateFrom(ValueLayout.JAVA_BYTE, payload);
    }

    /** Allocates room for the padded block between guards with a common value. */
    static MemorySegment sum(int length, boolean onHeap, Arena arena) {
        float[] sum = new float[GUARD + BlockLayout.paddedSize(length) + GUARD];
        Arrays.fill(sum, START);
        return onHeap ? MemorySegment.ofArray(sum) : arena.allocateFrom(ValueLayout.JAVA_FLOAT, sum);
    }

    static void decode(
            BlockCodec codec, Method method, int length, BlockSeed seed, MemorySegment payload, MemorySegment sum) {
        byte[] payloadBefore = payload.toArray(ValueLayout.JAVA_BYTE);
        byte[] sumBefore = sum.toArray(ValueLayout.JAVA_BYTE);
        try {
            codec.accumulate(payload, 0, payloadBefore.length, length, seed, 1, sum, GUARD);
            int most = codec.payloadBytes(length);
            assertEquals(method.hasFixedLength() ? most : Math.min(most, payloadBefore.length), payloadBefore.length,
                    "a payload of the wrong length was taken");
            finish(codec, length, seed, sum);
        } catch (MalformedPayloadException e) {
            assertArrayEquals(sumBefore, sum.toArray(ValueLayout.JAVA_BYTE), method + " at " + length);
        }
        assertArrayEquals(payloadBefore, payload.toArray(ValueLayout.JAVA_BYTE), method + " at " + length);
        float[] after = sum.toArray(ValueLayout.JAVA_FLOAT);
        int room = method.blocked() ? BlockLayout.paddedSize(length) : length;
        for (int i = 0; i < after.length; i++) {
            if (i < GUARD || i >= GUARD + room) {
                assertEquals(START, after[i], method + " at " + length + " wrote coordinate " + (i - GUARD));
            }
        }
    }

    /** A single payload may declare a sum outside float32, which cannot be rotated back and is rejected. */
    private static void finish(BlockCodec codec, int length, BlockSeed seed, MemorySegment sum) {
        try {
            codec.finish(length, seed, sum, GUARD);
        } catch (NonFiniteGradientException e) {
            float found = sum.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, e.index());
            assertEquals(false, Float.isFinite(found), e.getMessage());
        }
    }
}
