package org.eden4j.simulator.process;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The first 64 bits of SHA-256 over the bytes of a vector, as 16 hexadecimal digits: equal for equal bits. */
public final class VectorHash {
    private static final int BYTES = 8;
    private static final int CHUNK_BYTES = 1 << 30;

    private VectorHash() {}

    public static String of(MemorySegment vector) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        for (long first = 0; first < vector.byteSize(); first += CHUNK_BYTES) {
            ByteBuffer chunk = vector.asSlice(first, Math.min(CHUNK_BYTES, vector.byteSize() - first)).asByteBuffer();
            digest.update(chunk);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }
}
