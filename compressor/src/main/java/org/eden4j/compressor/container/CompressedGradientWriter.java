package org.eden4j.compressor.container;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;

/**
 * Writes a {@link CompressedGradient} to a stream, block by block, with the memory of one block. For a channel use
 * {@link java.nio.channels.Channels#newOutputStream}; a gradient larger than memory can be a mapped file.
 *
 * <pre>{@code
 * var writer = new CompressedGradientWriter(out, header);
 * while (writer.hasNext()) {
 *     writer.encodeNext(gradient);
 * }
 * }</pre>
 *
 * <p>Does not close the stream. After a failure every reader rejects the bytes written so far as cut short. Not
 * thread-safe.
 */
public final class CompressedGradientWriter {
    private final OutputStream out;
    private final CompressedGradientHeader header;
    private final UpdateBlocks blocks;
    private final UpdateBlocks.Codecs codecs;
    private final CRC32C checksum = new CRC32C();
    private byte[] payload = new byte[0];
    private int block;

    /** Writes the header. */
    public CompressedGradientWriter(OutputStream out, CompressedGradientHeader header) throws IOException {
        this(out, header, Method::codec);
    }

    /**
     * Writes the header of a gradient without structure.
     *
     * @param codec codec of the header's method, such as that of an {@link ErrorFeedback}
     * @throws IllegalArgumentException if the codec's payload lengths differ from the method's, or if parts have
     *         methods of their own
     */
    public CompressedGradientWriter(OutputStream out, CompressedGradientHeader header, BlockCodec codec)
            throws IOException {
        this(out, header, method -> {
            if (header.method().isEmpty()) {
                throw new IllegalArgumentException(
                        "one codec was given, but " + header.parts() + " has methods by part: give a codec for each");
            }
            int first = header.blocks().length(0);
            int expected = method.maxPayloadBytes(first);
            if (codec.payloadBytes(first) != expected) {
                throw new IllegalArgumentException("the codec writes " + codec.payloadBytes(first)
                        + " bytes for the first block, " + method + " takes " + expected);
            }
            return codec;
        });
    }

    /**
     * Writes the header.
     *
     * @param codec creates the codec of a method, such as {@link Method#codec} or {@link ErrorFeedback#encoder}
     */
    public CompressedGradientWriter(OutputStream out, CompressedGradientHeader header,
            Function<Method, BlockCodec> codec) throws IOException {
        this.out = out;
        this.header = header;
        blocks = header.blocks();
        codecs = new UpdateBlocks.Codecs(blocks, codec);
        out.write(CompressedGradientFormat.header(header, checksum));
    }

    /** Returns whether there are more blocks to write. */
    public boolean hasNext() {
        return block < blocks.blockCount();
    }

    /**
     * Encodes and writes the next block.
     *
     * @param gradient the whole gradient, float32[dimension], native byte order
     * @throws NonFiniteGradientException if a coordinate cannot be encoded; nothing of this block has been written
     * @throws IllegalArgumentException if the dimension of the gradient differs from the header's
     */
    public void encodeNext(MemorySegment gradient) throws IOException {
        if (gradient.byteSize() != (long) Float.BYTES * header.dimension()) {
            throw new IllegalArgumentException("gradient has " + gradient.byteSize() + " bytes, expected "
                    + (long) Float.BYTES * header.dimension() + " for " + header.dimension() + " float32 coordinates");
        }
        int length = blocks.length(block);
        BlockCodec codec = codecs.of(block);
        int payloadBytes = codec.payloadBytes(length);
        if (payload.length < payloadBytes) {
            payload = new byte[payloadBytes];
        }
        int written = codec.encode(gradient, blocks.offset(block), length, header.seed(block),
                MemorySegment.ofArray(payload), 0);
        byte[] lengthBytes = CompressedGradientFormat.length(blocks.method(block), written);
        checksum.update(lengthBytes);
        out.write(lengthBytes);
        checksum.update(payload, 0, written);
        out.write(payload, 0, written);
        out.write(CompressedGradientFormat.checksum(checksum));
        block++;
    }
}
