package org.eden4j.compressor.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;

/**
 * Makes the checksums of a damaged container right again, as an enemy would, so that damage reaches what lies behind them.
 * Goes as far as the bytes make sense.
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
        bytes.put(0, ContainerBytes.MAGIC).put(8, (byte) 1).putShort(22, (short) 0);
        int text = Short.toUnsignedInt(bytes.getShort(10));
        int room = bytes.capacity() - 48;
        if (text < 1 || text > Math.min(200, room)) {
            text = Math.max(1, Math.min(12, room));
            bytes.putShort(10, (short) text);
        }
        close(0, 40);
        close(44, text);
        try {
            repairBlocks(48 + text, method(text));
        } catch (IllegalArgumentException e) {
            // The header is none, and the reader has to say so.
            return;
        }
    }

    private Method method(int textBytes) {
        return Method.parse(new String(bytes.array(), 44, textBytes, StandardCharsets.ISO_8859_1));
    }

    private void repairBlocks(int start, Method method) {
        BlockLayout layout = new CompressedGradientHeader(method, bytes.getInt(12), bytes.getInt(16), 0, 0, 0).layout();
        BlockCodec codec = BlockCodec.of(method);
        int at = start;
        for (int block = 0; block < layout.blockCount(); block++) {
            int payload = codec.payloadBytes(layout.length(block));
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

    /** Writes the checksum behind a part. */
    private void close(int from, int count) {
        if (from + count + 4 <= bytes.capacity()) {
            crc.update(bytes.array(), from, count);
            bytes.putInt(from + count, (int) crc.getValue());
        }
    }
}
