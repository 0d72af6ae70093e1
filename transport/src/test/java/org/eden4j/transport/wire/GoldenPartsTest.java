package org.eden4j.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.worker.FrameEncoders;
import org.junit.jupiter.api.Test;

/**
 * The payloads of vectors with parts, as committed in golden-parts.txt and golden-codings.txt: which blocks are where
 * does not move, nor does what codings write.
 */
class GoldenPartsTest {
    private static final UpdateLayout LAYOUT = UpdateLayout.parse("""
            3 none first_b
            2 absent frozen
            128 drive W
            140 varying V
            1 float16 g
            100 drive short
            128 eden:bits=4 U
            """);

    /** Every coding in blocks long enough for it, two of them with a remainder that is too short. */
    private static final UpdateLayout CODINGS = UpdateLayout.parse("""
            600 eden:bits=2,coding=entropy W
            512 eden:bits=1,coding=entropy,states=32 U
            1024 eden:bits=0.5,coding=entropy E
            256 eden:bits=5.5,coding=entropy R
            300 eden:bits=2,coding=trellis V
            1024 eden:bits=1,coding=trellis,states=64 X
            """);

    @Test
    void shouldWriteTheCommittedPayloads() throws IOException {
        assertPayloads("golden-parts.txt", LAYOUT);
    }

    @Test
    void shouldWriteTheCommittedPayloadsOfCodings() throws IOException {
        assertPayloads("golden-codings.txt", CODINGS);
    }

    private static void assertPayloads(String resource, UpdateLayout parts) throws IOException {
        List<String> golden;
        try (var stream = GoldenPartsTest.class.getResourceAsStream(resource)) {
            golden = new String(stream.readAllBytes(), StandardCharsets.US_ASCII).lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replace(" ", ""))
                .toList();
        }
        List<String> written = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            FrameLayout layout = FrameLayout.of(parts, FrameLayout.SMALLEST_MTU);
            FrameEncoders encoders = new FrameEncoders(layout, 1, Method::codec, arena);
            MemorySegment update = NativeMemory.allocate(arena, (long) layout.dimension() * Float.BYTES);
            for (int i = 0; i < layout.dimension(); i++) {
                update.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 32 == 0 ? 1 : 1f / (1 + i % 7) - .25f);
            }
            for (int frame = 0; frame < layout.frameCount(); frame++) {
                byte[] payload = encoders.payload(frame, update, 1, 2, 3)
                    .asSlice(0, encoders.payloadBytes(frame))
                    .toArray(ValueLayout.JAVA_BYTE);
                written.add(HexFormat.of().formatHex(payload));
            }
        }
        assertEquals(String.join("\n", golden), String.join("\n", written));
    }
}
