package org.eden4j.compressor;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The same promise as {@link PayloadFuzz}, for blocks long enough for trellis and entropy coding. {@link PayloadFuzz}
 * rarely gets beyond the first fields of their payloads, so this target modifies payloads made by encoders.
 *
 * <pre>
 * byte 0     method, modulo their number
 * byte 1     bits 0-2: logarithm of the block's length, less 8, modulo 5; bits 3-5: which payload; bit 6: cut after the last change;
 *            bit 7: the payload itself follows
 * bytes 2-   changes: two bytes, position modulo the length; one byte, combined with the old one by exclusive or
 * </pre>
 */
class CodingFuzz {
    static final List<Method> METHODS = MethodSamples.all()
        .stream()
        .filter(method -> method.toString().contains("coding="))
        .toList();
    private static final BlockCodec[] CODECS = METHODS.stream().map(BlockCodec::of).toArray(BlockCodec[]::new);
    private static final int HEADER_BYTES = 2;
    private static final int CHANGE_BYTES = 3;
    private static final int SIZES = 5;
    private static final int SMALLEST_LOG = 8;

    private final Map<Integer, byte[]> payloads = new HashMap<>();

    /** Creates an input for this target. */
    static byte[] input(int method, int log, int number, byte[] changes) {
        byte[] input = new byte[HEADER_BYTES + changes.length];
        input[0] = (byte) method;
        input[1] = (byte) (log - SMALLEST_LOG | number << 3);
        System.arraycopy(changes, 0, input, HEADER_BYTES, changes.length);
        return input;
    }

    @FuzzTest(maxDuration = "30s")
    void decode(byte[] input) {
        if (input.length < HEADER_BYTES) {
            return;
        }
        int index = Byte.toUnsignedInt(input[0]) % METHODS.size();
        int length = 1 << SMALLEST_LOG + (input[1] & 7) % SIZES;
        int number = input[1] >> 3 & 7;
        BlockSeed seed = BlockSeed.of(number, 1, 2, 3);
        byte[] payload = input[1] < 0 ? Arrays.copyOfRange(input, HEADER_BYTES, input.length)
                : changed(
                        payloads.computeIfAbsent(index << 16 | number << 13 | length, _ -> sound(index, length, number))
                            .clone(),
                        input);
        try (Arena arena = Arena.ofConfined()) {
            PayloadFuzz.decode(CODECS[index], METHODS.get(index), length, seed,
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, payload), PayloadFuzz.sum(length, false, arena));
        }
    }

    private static byte[] sound(int method, int length, int number) {
        byte[] payload = new byte[CODECS[method].payloadBytes(length)];
        int bytes = CODECS[method].encode(MemorySegment.ofArray(MethodSamples.gradient(number, length)), 0, length,
                BlockSeed.of(number, 1, 2, 3), MemorySegment.ofArray(payload), 0);
        return Arrays.copyOf(payload, bytes);
    }

    private static byte[] changed(byte[] payload, byte[] input) {
        int last = payload.length;
        for (int i = HEADER_BYTES; i + CHANGE_BYTES <= input.length; i += CHANGE_BYTES) {
            last = (Byte.toUnsignedInt(input[i]) | Byte.toUnsignedInt(input[i + 1]) << Byte.SIZE) % payload.length;
            payload[last] ^= input[i + 2];
        }
        return (input[1] & 1 << 6) == 0 ? payload : Arrays.copyOf(payload, last);
    }
}
