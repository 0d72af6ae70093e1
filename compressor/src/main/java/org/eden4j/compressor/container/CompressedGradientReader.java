package org.eden4j.compressor.container;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;

/**
 * Reads a {@link CompressedGradient} from a stream, block by block, with the memory of one block. Several containers may
 * follow each other in a stream: each reader takes exactly one.
 *
 * <pre>{@code
 * var reader = new CompressedGradientReader(in);
 * MemorySegment sum = arena.allocate(4L * reader.header().dimension());
 * while (reader.hasNext()) {
 *     reader.accumulateNext(weight, sum);
 * }
 * }</pre>
 *
 * <p>The stream is not trusted. A block is decoded after its checksum was checked, so a damaged one adds nothing; those
 * before it have been added already (to have all or nothing, use {@link CompressedGradient}). Memory grows with the bytes
 * that really arrive, never with what the header declares, until {@link #accumulateNext}: that needs some bytes for every
 * coordinate of the block, as the caller's sum does. Look at the header's dimension before allocating one.
 *
 * <p>Does not close the stream. Not thread-safe.
 */
public final class CompressedGradientReader {
    private final InputStream in;
    private final CompressedGradientHeader header;
    private final UpdateBlocks blocks;
    private final BlockDecoder decoder;
    private final CRC32C checksum = new CRC32C();
    private long position;
    private int block;

    /**
     * Reads the header.
     *
     * @throws MalformedPayloadException if there is none, or not one that a writer makes
     */
    public CompressedGradientReader(InputStream in) throws IOException {
        this.in = in;
        byte[] fixed = takeFixed();
        String what = CompressedGradientFormat.textName(fixed);
        int textBytes = CompressedGradientFormat.checkFixed(fixed, checksum);
        byte[] text = take(textBytes + CompressedGradientFormat.CHECKSUM_BYTES, what);
        checksum.update(text, 0, textBytes);
        CompressedGradientFormat.check(checksum, text, textBytes, what);
        header = CompressedGradientFormat.parse(fixed, Arrays.copyOf(text, textBytes));
        blocks = header.blocks();
        decoder = new BlockDecoder(header, blocks);
    }

    /** The fixed part of the header; its first bytes say how long it is. */
    private byte[] takeFixed() throws IOException {
        byte[] shortest = take(CompressedGradientFormat.FIXED_BYTES, "the header");
        int bytes = CompressedGradientFormat.checkFirst(shortest);
        byte[] fixed = Arrays.copyOf(shortest, bytes);
        byte[] rest = take(bytes - shortest.length, "the header");
        System.arraycopy(rest, 0, fixed, shortest.length, rest.length);
        return fixed;
    }

    public CompressedGradientHeader header() {
        return header;
    }

    /** Whether blocks are left to read. */
    public boolean hasNext() {
        return block < blocks.blockCount();
    }

    /**
     * Reads the next block and adds {@code weight} times it to the sum.
     *
     * @param sum float32[dimension], native byte order
     * @throws MalformedPayloadException if the stream ends early, the block was damaged or no encoder makes it; the sum is
     *         then as it was before
     */
    public void accumulateNext(float weight, MemorySegment sum) throws IOException {
        BlockDecoder.checkRoom(header, sum);
        byte[] payload = nextPayload();
        decoder.decode(payload, block);
        decoder.addTo(sum, weight);
        block++;
    }

    /**
     * Reads the next block by itself; blocks follow each other in the gradient's order, with gaps where coordinates are absent,
     * see {@link CompressedGradientHeader#blocks}.
     *
     * @return its coordinates, float32 in native byte order, valid until the next block is read
     * @throws MalformedPayloadException if the stream ends early, the block was damaged or no encoder makes it
     */
    public MemorySegment decodeNext() throws IOException {
        decoder.decode(nextPayload(), block);
        block++;
        return decoder.coordinates();
    }

    /** Reads the next block and decodes it to see whether it can be decoded. */
    void verifyNext() throws IOException {
        decoder.decode(nextPayload(), block);
        block++;
    }

    /** Reads the next block and checks its checksum alone. */
    void skipNext() throws IOException {
        nextPayload();
        block++;
    }

    /**
     * Refuses bytes after the last block.
     *
     * @throws MalformedPayloadException if the stream goes on
     */
    void requireEnd() throws IOException {
        if (in.read() >= 0) {
            throw CompressedGradientFormat.malformed("goes on after its last block, expected its end at byte %d",
                    position);
        }
    }

    private byte[] nextPayload() throws IOException {
        Method method = blocks.method(block);
        int payloadBytes = method.maxPayloadBytes(blocks.length(block));
        String what = "block " + block + " of " + blocks.blockCount();
        if (!method.hasFixedLength()) {
            byte[] length = take(CompressedGradientFormat.lengthBytes(method), what);
            payloadBytes = CompressedGradientFormat.parseLength(length, payloadBytes, what);
            checksum.update(length);
        }
        byte[] payload = take(payloadBytes, what);
        checksum.update(payload);
        CompressedGradientFormat.check(checksum, take(CompressedGradientFormat.CHECKSUM_BYTES, what), 0, what);
        return payload;
    }

    /** Exactly {@code count} bytes; the stream's own method allocates as they arrive. */
    private byte[] take(int count, String what) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw CompressedGradientFormat.malformed("ends at byte %d, expected %d more for %s",
                    position + bytes.length, count - bytes.length, what);
        }
        position += count;
        return bytes;
    }
}
