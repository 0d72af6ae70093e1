package org.eden4j.transport.wire;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Reads the variable-length fields at the end of a control message, never beyond the fragment: SBE's own accessors
 * trust the declared lengths.
 */
final class VariableData {
    private static final int LENGTH_BYTES = 4;

    private DirectBuffer buffer;
    private int position;
    private int end;

    /**
     * @param position the end of the fixed block
     * @param end the end of the fragment
     */
    VariableData wrap(DirectBuffer buffer, int position, int end) {
        this.buffer = buffer;
        this.position = position;
        this.end = end;
        return this;
    }

    /**
     * Returns the next field.
     *
     * @throws MalformedMessageException if the field is longer than {@code longest} or than the rest of the fragment
     */
    byte[] nextBytes(int longest) {
        if (end - position < LENGTH_BYTES) {
            throw new MalformedMessageException("fragment ends before the length of a field");
        }
        long length = Integer.toUnsignedLong(buffer.getInt(position, java.nio.ByteOrder.LITTLE_ENDIAN));
        if (length > longest || length > end - position - LENGTH_BYTES) {
            throw new MalformedMessageException("field declares " + length + " bytes, at most "
                    + Math.min(longest, end - position - LENGTH_BYTES) + " are there");
        }
        byte[] bytes = new byte[(int) length];
        buffer.getBytes(position + LENGTH_BYTES, bytes);
        position += LENGTH_BYTES + bytes.length;
        return bytes;
    }

    /** Returns the next field as text; every character outside printable ASCII becomes a question mark. */
    String nextText(int longest) {
        byte[] bytes = nextBytes(longest);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] < ' ' || bytes[i] > '~') {
                bytes[i] = '?';
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
