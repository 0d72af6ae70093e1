package org.eden4j.compressor.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;

/**
 * Repairs the checksums of a damaged container, as an attacker would, so that the damage reaches the fields behind
 * them. Continues as long as the bytes are meaningful.
 */
final class ContainerRepair {
    private final ByteBuffer bytes;
    private final CRC32C crc = new CRC32C();

    private ContainerRepair(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Overwrites magic, version and checksums in place. */
    static void repair(byte[] bytes) {
        if (bytes.length >= 48) {
            new ContainerRepair(bytes).repair();
        }
    }

    private void repair() {
        boolean structured = bytes.get(8) == 2 && bytes.capacity() >= 52;
        bytes.put(0, ContainerBytes.MAGIC).put(8, (byte) (structured ? 2 : 1)).putShort(22, (short) 0);
        int fixed = structured ? 48 : 44;
        int text = structured ? bytes.getInt(40) : Short.toUnsignedInt(bytes.getShort(10));
        int room = bytes.capacity() - fixed - 4;
        if (text < 1 || text > Math.min(200, room)) {
            text = Math.max(1, Math.min(12, room));
        }
        if (structured) {
            bytes.putShort(10, (short) 0).putInt(40, text);
        } else {
            bytes.putShort(10, (short) text);
        }
        close(0, fixed - 4);
        close(fixed, text);
        try {
            repairBlocks(fixed + text + 4, header(structured, fixed, text));
        } catch (IllegalArgumentException e) {
            // The header is invalid, and the reader must report it.
            return;
        }
    }

    private CompressedGradientHeader header(boolean structured, int from, int textBytes) {
        String text = new String(bytes.array(), from, textBytes, StandardCharsets.UTF_8);
        return structured ? new CompressedGradientHeader(UpdateLayout.parse(text), bytes.getInt(16), 0, 0, 0)
                : new CompressedGradientHeader(Method.parse(text), bytes.getInt(12), bytes.getInt(16), 0, 0, 0);
    }

    private void repairBlocks(int start, CompressedGradientHeader header) {
        UpdateBlocks layout = header.blocks();
        int at = start;
        for (int block = 0; block < layout.blockCount(); block++) {
            Method method = layout.method(block);
            int payload = method.maxPayloadBytes(layout.length(block));
            if (!method.hasFixedLength()) {
                int declared = bytes.capacity() - at < 8 ? -1 : bytes.getInt(at);
                if (declared < 0 || declared > payload) {
                    return;
                }
                payload = 4 + declared;
            }
            if (payload > bytes.capacity() - at - 4) {
                return;
            }
            close(at, payload);
            at += payload + 4;
        }
    }

    /** Writes the checksum of a part. */
    private void close(int from, int count) {
        if (from + count + 4 <= bytes.capacity()) {
            crc.update(bytes.array(), from, count);
            bytes.putInt(from + count, (int) crc.getValue());
        }
    }
}
