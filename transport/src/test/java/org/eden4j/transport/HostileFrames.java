package org.eden4j.transport;

import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.UpdateEncoder;
import org.eden4j.transport.wire.FrameLayout;

/** Generates invalid frames from a seed. */
final class HostileFrames {
    /** Templates of all messages except Join, which any peer may send, and some that do not exist. */
    private static final int[] TEMPLATES = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 20, 21, 22, 23, 24, 25, 26, 27, 28, 99};

    private final Random random;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final UpdateEncoder update = new UpdateEncoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();

    HostileFrames(Random random) {
        this.random = random;
    }

    /** Returns an Update, valid or with invalid arguments. */
    byte[] update(int epoch, long round, int worker, int method, long frame, float weight, byte[] payload) {
        update.wrapAndApplyHeader(buffer, 0, header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round & 0xFFFF_FFFFL)
            .worker(worker)
            .method((short) method)
            .shard((short) 0)
            .frame(frame)
            .weight(weight);
        byte[] bytes = new byte[FrameLayout.HEADER_BYTES + payload.length];
        buffer.getBytes(0, bytes, 0, FrameLayout.HEADER_BYTES);
        System.arraycopy(payload, 0, bytes, FrameLayout.HEADER_BYTES, payload.length);
        return bytes;
    }

    /** Returns the first bytes of a frame, at least one. */
    byte[] truncated(byte[] frame) {
        return java.util.Arrays.copyOf(frame, 1 + random.nextInt(frame.length - 1));
    }

    /** Returns bytes that are not a message of this schema. */
    byte[] noise(int longest) {
        byte[] bytes = new byte[1 + random.nextInt(longest)];
        random.nextBytes(bytes);
        if (bytes.length > 4) {
            bytes[4] = (byte) (MessageHeaderDecoder.SCHEMA_ID + 1);
        }
        return bytes;
    }

    /** Returns a header of this schema with any lengths over random bytes. */
    byte[] plausible(int longest) {
        byte[] bytes = new byte[8 + random.nextInt(longest)];
        random.nextBytes(bytes);
        int[] blocks = {0, 4, 8, 10, 12, 16, 20, 32, 34, random.nextInt(0xFFFF)};
        int[] versions = {0, 2, 3, 3, 3, 4, 0xFFFF};
        int[] fields = {blocks[random.nextInt(blocks.length)], TEMPLATES[random.nextInt(TEMPLATES.length)],
                MessageHeaderDecoder.SCHEMA_ID, versions[random.nextInt(versions.length)]};
        for (int i = 0; i < fields.length; i++) {
            bytes[2 * i] = (byte) fields[i];
            bytes[2 * i + 1] = (byte) (fields[i] >> 8);
        }
        return bytes;
    }
}
