package org.eden4j.compressor.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;

/**
 * The bytes of a {@link CompressedGradient}, little endian, version 1:
 *
 * <pre>
 * offset  bytes  field
 * 0       8      magic 89 45 44 45 4E 0D 0A 1A: a byte above 127, "EDEN", CR LF, end of text (as PNG: what text modes
 *                of file transfer do to a file shows in its first bytes)
 * 8       1      format version, 1
 * 9       1      wire id of the method
 * 10      2      n, bytes of the method's text, 1 to 200
 * 12      4      dimension, 1 to 2^31 - 1
 * 16      4      block size, 128 to 2^24
 * 20      2      worker, 0 to 65533, or 65535 for the aggregator
 * 22      2      0
 * 24      8      job seed
 * 32      8      round
 * 40      4      checksum
 * 44      n      the method's text form in ASCII, as Method.toString writes it
 * 44+n    4      checksum
 * 48+n           for each block of the layout, in order: its payload, then a checksum (4 bytes); where lengths vary, the
 *                payload's length (4 bytes) first
 * </pre>
 *
 * <p>A checksum is the CRC32C (Castagnoli, RFC 3720 section 12.1) of all bytes before it except earlier checksums. So
 * nothing is believed before it was checked, a flipped bit is found at the latest at the end of its block, and no block can
 * be moved, left out or brought in from another container. (Were the earlier checksums included, a CRC that has taken in its
 * own value would be the same for every message, and forget what came before.)
 *
 * <p>Lengths of blocks follow from method, dimension and block size, and so do those of payloads unless the method {@linkplain
 * Method#hasFixedLength says otherwise}.
 */
final class CompressedGradientFormat {
    static final int VERSION = 1;
    static final int FIXED_BYTES = 44;
    static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int LONGEST_TEXT = 200;

    private static final byte[] MAGIC = {(byte) 0x89, 'E', 'D', 'E', 'N', '\r', '\n', 0x1A};
    private static final int VERSION_AT = 8;
    private static final int WIRE_ID_AT = 9;
    private static final int TEXT_BYTES_AT = 10;
    private static final int DIMENSION_AT = 12;
    private static final int BLOCK_SIZE_AT = 16;
    private static final int WORKER_AT = 20;
    private static final int ZERO_AT = 22;
    private static final int JOB_SEED_AT = 24;
    private static final int ROUND_AT = 32;
    private static final int FIXED_CHECKSUM_AT = 40;

    private CompressedGradientFormat() {}

    /** Bytes before the first block. */
    static int headerBytes(CompressedGradientHeader header) {
        return FIXED_BYTES + header.method().toString().length() + CHECKSUM_BYTES;
    }

    /** Bytes that a payload takes with its length, if that is written, and its checksum. */
    static long blockBytes(Method method, int payloadBytes) {
        return (long) lengthBytes(method) + payloadBytes + CHECKSUM_BYTES;
    }

    /** Bytes of a payload's length: none where it is always the same. */
    static int lengthBytes(Method method) {
        return method.hasFixedLength() ? 0 : Integer.BYTES;
    }

    /** A payload's length as it stands before it. */
    static byte[] length(Method method, int payloadBytes) {
        return method.hasFixedLength() ? new byte[0]
                : ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(payloadBytes).array();
    }

    /** All bytes before the first block; the checksum has then seen them. */
    static byte[] header(CompressedGradientHeader header, CRC32C checksum) {
        byte[] text = header.method().toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(headerBytes(header))
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(0, MAGIC)
            .put(VERSION_AT, (byte) VERSION)
            .put(WIRE_ID_AT, (byte) header.method().wireId())
            .putShort(TEXT_BYTES_AT, (short) text.length)
            .putInt(DIMENSION_AT, header.dimension())
            .putInt(BLOCK_SIZE_AT, header.blockSize())
            .putShort(WORKER_AT, (short) header.worker())
            .putLong(JOB_SEED_AT, header.jobSeed())
            .putLong(ROUND_AT, header.round());
        checksum.update(bytes.array(), 0, FIXED_CHECKSUM_AT);
        bytes.putInt(FIXED_CHECKSUM_AT, (int) checksum.getValue());
        bytes.put(FIXED_BYTES, text);
        checksum.update(text);
        bytes.putInt(FIXED_BYTES + text.length, (int) checksum.getValue());
        return bytes.array();
    }

    /** The payload's length that was read, at most {@code most}. */
    static int parseLength(byte[] bytes, int most, String what) {
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > most) {
            throw malformed("%s has a payload of %d bytes, expected 0 to %d", what, Integer.toUnsignedLong(length),
                    most);
        }
        return length;
    }

    /** A checksum as it stands in the file. */
    static byte[] checksum(CRC32C checksum) {
        return ByteBuffer.allocate(CHECKSUM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) checksum.getValue())
            .array();
    }

    /**
     * Compares what was computed with what was read.
     *
     * @param what the part it closes, for the error
     */
    static void check(CRC32C computed, byte[] bytes, int offset, String what) {
        int found = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
        if (found != (int) computed.getValue()) {
            throw malformed("the checksum of %s is %08x, expected %08x: it was damaged on its way", what, found,
                    (int) computed.getValue());
        }
    }

    /**
     * Checks the fixed part of the header; the checksum has then seen it.
     *
     * @return bytes of the method's text
     */
    static int checkFixed(byte[] fixed, CRC32C checksum) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (fixed[i] != MAGIC[i]) {
                throw malformed("this is none: it starts with %s, expected %s",
                        HexFormat.ofDelimiter(" ").formatHex(fixed, 0, MAGIC.length),
                        HexFormat.ofDelimiter(" ").formatHex(MAGIC));
            }
        }
        int version = Byte.toUnsignedInt(fixed[VERSION_AT]);
        if (version != VERSION) {
            throw malformed("format version %d, this library reads %d", version, VERSION);
        }
        checksum.update(fixed, 0, FIXED_CHECKSUM_AT);
        check(checksum, fixed, FIXED_CHECKSUM_AT, "the header");
        ByteBuffer bytes = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        int textBytes = Short.toUnsignedInt(bytes.getShort(TEXT_BYTES_AT));
        if (textBytes < 1 || textBytes > LONGEST_TEXT) {
            throw malformed("the method's text has %d bytes, expected 1 to %d", textBytes, LONGEST_TEXT);
        }
        if (bytes.getShort(ZERO_AT) != 0) {
            throw malformed("bytes 22 and 23 are %04x, expected 0", bytes.getShort(ZERO_AT));
        }
        return textBytes;
    }

    /** Reads a fixed part that passed {@link #checkFixed} and the method's text. */
    static CompressedGradientHeader parse(byte[] fixed, String text) {
        ByteBuffer bytes = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        int wireId = Byte.toUnsignedInt(fixed[WIRE_ID_AT]);
        try {
            Method method = Method.parse(text);
            if (!method.toString().equals(text)) {
                throw malformed("the method is written '%s', expected '%s'", text, method);
            }
            if (method.wireId() != wireId) {
                throw malformed("wire id %d, but %s has %d", wireId, text, method.wireId());
            }
            CompressedGradientHeader header = new CompressedGradientHeader(method, bytes.getInt(DIMENSION_AT),
                    bytes.getInt(BLOCK_SIZE_AT), bytes.getLong(JOB_SEED_AT), bytes.getLong(ROUND_AT),
                    Short.toUnsignedInt(bytes.getShort(WORKER_AT)));
            if (!header.method().equals(method)) {
                throw malformed("%d coordinates cannot travel as %s, expected %s", header.dimension(), text,
                        header.method());
            }
            return header;
        } catch (IllegalArgumentException e) {
            throw (MalformedPayloadException) malformed("%s", e.getMessage()).initCause(e);
        }
    }

    static MalformedPayloadException malformed(String format, Object... arguments) {
        return new MalformedPayloadException("compressed gradient: " + format.formatted(arguments));
    }
}
