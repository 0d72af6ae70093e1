package org.eden4j.compressor.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;

/** A container assembled from docs/container.md, valid or not, with valid checksums. */
record ContainerBytes(
        int version, int wireId, String text, int dimension, int blockSize, int worker, int zero, long jobSeed,
        long round, List<byte[]> payloads) {
    static final byte[] MAGIC = {(byte) 0x89, 0x45, 0x44, 0x45, 0x4E, 0x0D, 0x0A, 0x1A};

    static ContainerBytes of(Method method, int dimension, int blockSize, byte[]... payloads) {
        return new ContainerBytes(1, method.wireId(), method.toString(), dimension, blockSize, 0, 0, 1, 2,
                Arrays.asList(payloads));
    }

    /** Creates a container of a gradient with parts. */
    static ContainerBytes of(UpdateLayout parts, int blockSize, byte[]... payloads) {
        return new ContainerBytes(2, 127, parts.text(), parts.dimension(), blockSize, 0, 0, 1, 2,
                Arrays.asList(payloads));
    }

    ContainerBytes withVersion(int other) {
        return new ContainerBytes(other, wireId, text, dimension, blockSize, worker, zero, jobSeed, round, payloads);
    }

    ContainerBytes withWireId(int other) {
        return new ContainerBytes(version, other, text, dimension, blockSize, worker, zero, jobSeed, round, payloads);
    }

    ContainerBytes withText(String other) {
        return new ContainerBytes(version, wireId, other, dimension, blockSize, worker, zero, jobSeed, round, payloads);
    }

    ContainerBytes withWorker(int other) {
        return new ContainerBytes(version, wireId, text, dimension, blockSize, other, zero, jobSeed, round, payloads);
    }

    ContainerBytes withZero(int other) {
        return new ContainerBytes(version, wireId, text, dimension, blockSize, worker, other, jobSeed, round, payloads);
    }

    ContainerBytes withDimension(int other) {
        return new ContainerBytes(version, wireId, text, other, blockSize, worker, zero, jobSeed, round, payloads);
    }

    byte[] bytes() {
        byte[] method = text.getBytes(StandardCharsets.UTF_8);
        int payloadBytes = payloads.stream().mapToInt(payload -> payload.length + 4).sum();
        CRC32C crc = new CRC32C();
        int fixed = version == 2 ? 48 : 44;
        ByteBuffer out = ByteBuffer.allocate(fixed + 4 + method.length + payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put((byte) version).put((byte) wireId);
        out.putShort(version == 2 ? (short) 0 : (short) method.length);
        out.putInt(dimension).putInt(blockSize).putShort((short) worker).putShort((short) zero);
        out.putLong(jobSeed).putLong(round);
        if (version == 2) {
            out.putInt(method.length);
        }
        crc.update(out.array(), 0, fixed - 4);
        out.putInt((int) crc.getValue());
        out.put(method);
        crc.update(method);
        out.putInt((int) crc.getValue());
        for (byte[] payload : payloads) {
            out.put(payload);
            crc.update(payload);
            out.putInt((int) crc.getValue());
        }
        return out.array();
    }
}
