package org.eden4j.compressor.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;

/**
 * The bytes of a {@link CompressedGradient}, little endian. Version 1 is a gradient without structure:
 *
 * <pre>
 * offset  bytes  field
 * 0       8      magic 89 45 44 45 4E 0D 0A 1A: a byte above 127, "EDEN", CR LF, end of text (as in PNG, a transfer in text
 *                mode damages the first bytes recognisably)
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
 * 48+n           for each block of the layout, in order: its payload, then a checksum (4 bytes); if lengths vary, the length of
 *                the payload (4 bytes) first
 * </pre>
 *
 * <p>Version 2, a gradient with parts that have methods of their own, differs from version 1 as follows:
 *
 * <pre>
 * offset  bytes  field
 * 8       1      format version, 2
 * 9       1      127: by layout
 * 10      2      0
 * 40      4      n, bytes of the layout's text, 1 to 2^22
 * 44      4      checksum
 * 48      n      the layout in UTF-8, as UpdateLayout.text writes it
 * 48+n    4      checksum
 * 52+n           for each block of the layout's parts, in order, as above
 * </pre>
 *
 * <p>A checksum is the CRC32C (Castagnoli, RFC 3720 section 12.1) of all preceding bytes except earlier checksums. No
 * value is used before its checksum has been verified, a flipped bit is found at the latest at the end of its block,
 * and no block can be moved, omitted or taken from another container. (If earlier checksums were included, a CRC that
 * has consumed its own value would be the same for every message and forget all preceding bytes.)
 *
 * <p>The lengths of blocks follow from the methods, the lengths of the parts and the block size, and so do the lengths
 * of payloads unless the method {@linkplain Method#hasFixedLength says otherwise}.
 */
final class CompressedGradientFormat {
    /** Version of containers without structure. */
    static final int VERSION = 1;
    /** Version of containers with parts. */
    static final int VERSION_OF_PARTS = 2;
    static final int FIXED_BYTES = 44;
    private static final int FIXED_BYTES_OF_PARTS = 48;
    static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int LONGEST_TEXT = 200;
    private static final int LONGEST_LAYOUT = 1 << 22;

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
    private static final int LAYOUT_BYTES_AT = 40;

    private CompressedGradientFormat() {}

    /** Returns the number of bytes before the first block. */
    static int headerBytes(CompressedGradientHeader header) {
        return fixedBytes(version(header)) + text(header).length + CHECKSUM_BYTES;
    }

    private static int version(CompressedGradientHeader header) {
        return header.method().isPresent() ? VERSION : VERSION_OF_PARTS;
    }

    private static int fixedBytes(int version) {
        return version == VERSION ? FIXED_BYTES : FIXED_BYTES_OF_PARTS;
    }

    /** Returns the text after the fixed part of the header. */
    private static byte[] text(CompressedGradientHeader header) {
        return header.method().map(Method::toString).orElseGet(header.parts()::text).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the number of bytes of a payload with its checksum and, if it is written, its length. */
    static long blockBytes(Method method, int payloadBytes) {
        return (long) lengthBytes(method) + payloadBytes + CHECKSUM_BYTES;
    }

    /** Returns the number of bytes of a payload's length field: none if the length is fixed. */
    static int lengthBytes(Method method) {
        return method.hasFixedLength() ? 0 : Integer.BYTES;
    }

    /** Returns a payload's length field. */
    static byte[] length(Method method, int payloadBytes) {
        return method.hasFixedLength() ? new byte[0]
                : ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(payloadBytes).array();
    }

    /** Returns all bytes before the first block and updates the checksum with them. */
    static byte[] header(CompressedGradientHeader header, CRC32C checksum) {
        byte[] text = text(header);
        int version = version(header);
        int fixed = fixedBytes(version);
        ByteBuffer bytes = ByteBuffer.allocate(fixed + text.length + CHECKSUM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(0, MAGIC)
            .put(VERSION_AT, (byte) version)
            .put(WIRE_ID_AT, (byte) wireId(header))
            .putInt(DIMENSION_AT, header.dimension())
            .putInt(BLOCK_SIZE_AT, header.blockSize())
            .putShort(WORKER_AT, (short) header.worker())
            .putLong(JOB_SEED_AT, header.jobSeed())
            .putLong(ROUND_AT, header.round());
        if (version == VERSION) {
            bytes.putShort(TEXT_BYTES_AT, (short) text.length);
        } else {
            bytes.putInt(LAYOUT_BYTES_AT, text.length);
        }
        int checksumAt = fixed - CHECKSUM_BYTES;
        checksum.update(bytes.array(), 0, checksumAt);
        bytes.putInt(checksumAt, (int) checksum.getValue());
        bytes.put(fixed, text);
        checksum.update(text);
        bytes.putInt(fixed + text.length, (int) checksum.getValue());
        return bytes.array();
    }

    private static int wireId(CompressedGradientHeader header) {
        return header.method().map(Method::wireId).orElse(UpdateLayout.WIRE_ID);
    }

    /** Parses a payload's length, at most {@code most}. */
    static int parseLength(byte[] bytes, int most, String what) {
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > most) {
            throw malformed("%s has a payload of %d bytes, expected 0 to %d", what, Integer.toUnsignedLong(length),
                    most);
        }
        return length;
    }

    /** Returns a checksum field. */
    static byte[] checksum(CRC32C checksum) {
        return ByteBuffer.allocate(CHECKSUM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) checksum.getValue())
            .array();
    }

    /**
     * Compares the computed checksum with the one in the file.
     *
     * @param what name of the preceding field, for the error
     */
    static void check(CRC32C computed, byte[] bytes, int offset, String what) {
        int found = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
        if (found != (int) computed.getValue()) {
            throw malformed("the checksum of %s is %08x, expected %08x: it was damaged in transit", what, found,
                    (int) computed.getValue());
        }
    }

    /**
     * Checks magic and version.
     *
     * @return number of bytes of the fixed part of the header
     */
    static int checkFirst(byte[] first) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (first[i] != MAGIC[i]) {
                throw new MalformedPayloadException("not a compressed gradient: starts with %s, expected %s".formatted(
                        HexFormat.ofDelimiter(" ").formatHex(first, 0, MAGIC.length),
                        HexFormat.ofDelimiter(" ").formatHex(MAGIC)));
            }
        }
        int version = Byte.toUnsignedInt(first[VERSION_AT]);
        if (version != VERSION && version != VERSION_OF_PARTS) {
            throw malformed("format version %d, this library reads %d and %d", version, VERSION, VERSION_OF_PARTS);
        }
        return fixedBytes(version);
    }

    /**
     * Checks the fixed part of the header and updates the checksum with it.
     *
     * @return number of bytes of the method's or layout's text
     */
    static int checkFixed(byte[] fixed, CRC32C checksum) {
        int checksumAt = fixed.length - CHECKSUM_BYTES;
        checksum.update(fixed, 0, checksumAt);
        check(checksum, fixed, checksumAt, "the header");
        ByteBuffer bytes = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        boolean structured = fixed.length == FIXED_BYTES_OF_PARTS;
        int textBytes = structured ? bytes.getInt(LAYOUT_BYTES_AT) : Short.toUnsignedInt(bytes.getShort(TEXT_BYTES_AT));
        int longest = structured ? LONGEST_LAYOUT : LONGEST_TEXT;
        if (textBytes < 1 || textBytes > longest) {
            throw malformed("%s has %d bytes, expected 1 to %d", textName(fixed), Integer.toUnsignedLong(textBytes),
                    longest);
        }
        if (structured && bytes.getShort(TEXT_BYTES_AT) != 0) {
            throw malformed("bytes 10 and 11 are %04x, expected 0", bytes.getShort(TEXT_BYTES_AT));
        }
        if (bytes.getShort(ZERO_AT) != 0) {
            throw malformed("bytes 22 and 23 are %04x, expected 0", bytes.getShort(ZERO_AT));
        }
        return textBytes;
    }

    /** Returns the name of the text after a fixed part, for errors. */
    static String textName(byte[] fixed) {
        return fixed.length == FIXED_BYTES ? "the method's text" : "the layout's text";
    }

    /** Parses a fixed part that has passed {@link #checkFixed}, and the text of the method or layout. */
    static CompressedGradientHeader parse(byte[] fixed, byte[] text) {
        try {
            return fixed.length == FIXED_BYTES ? parse(fixed, new String(text, StandardCharsets.ISO_8859_1))
                    : parseParts(fixed, text);
        } catch (IllegalArgumentException e) {
            throw (MalformedPayloadException) malformed("%s", e.getMessage()).initCause(e);
        }
    }

    private static CompressedGradientHeader parse(byte[] fixed, String text) {
        Method method = Method.parse(text);
        if (!method.toString().equals(text)) {
            throw malformed("the method is written '%s', expected '%s'", text, method);
        }
        checkWireId(fixed, method.wireId(), text);
        int dimension = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN).getInt(DIMENSION_AT);
        if (dimension < 1) {
            throw malformed("dimension must be at least 1, got %d", dimension);
        }
        CompressedGradientHeader header = header(fixed, UpdateLayout.whole(dimension, method));
        Method used = header.method().orElseThrow();
        if (!used.equals(method)) {
            throw malformed("%d coordinates cannot be encoded by %s, expected %s", dimension, text, used);
        }
        return header;
    }

    private static CompressedGradientHeader parseParts(byte[] fixed, byte[] text) {
        UpdateLayout parts = UpdateLayout.parse(new String(text, StandardCharsets.UTF_8));
        if (!Arrays.equals(text, parts.text().getBytes(StandardCharsets.UTF_8))) {
            throw malformed("the text of a layout of %d parts is not written as UpdateLayout writes it",
                    parts.parts().size());
        }
        checkWireId(fixed, UpdateLayout.WIRE_ID, "a layout");
        int dimension = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN).getInt(DIMENSION_AT);
        if (dimension != parts.dimension()) {
            throw malformed("dimension %d, but the layout has %d coordinates", dimension, parts.dimension());
        }
        CompressedGradientHeader header = header(fixed, parts);
        if (header.method().isPresent()) {
            throw malformed("a gradient without structure in format version %d, expected %d", VERSION_OF_PARTS,
                    VERSION);
        }
        return header;
    }

    private static void checkWireId(byte[] fixed, int expected, String what) {
        int wireId = Byte.toUnsignedInt(fixed[WIRE_ID_AT]);
        if (wireId != expected) {
            throw malformed("wire id %d, but %s has %d", wireId, what, expected);
        }
    }

    private static CompressedGradientHeader header(byte[] fixed, UpdateLayout parts) {
        ByteBuffer bytes = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
        return new CompressedGradientHeader(parts, bytes.getInt(BLOCK_SIZE_AT), bytes.getLong(JOB_SEED_AT),
                bytes.getLong(ROUND_AT), Short.toUnsignedInt(bytes.getShort(WORKER_AT)));
    }

    static MalformedPayloadException malformed(String format, Object... arguments) {
        return new MalformedPayloadException("compressed gradient: " + format.formatted(arguments));
    }
}
