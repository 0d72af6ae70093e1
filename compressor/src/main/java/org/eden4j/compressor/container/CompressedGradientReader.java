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
 * Reads a {@link CompressedGradient} from a stream, block by block, with the memory of one block. A stream may contain
 * several consecutive containers: each reader consumes exactly one.
 *
 * <pre>{@code
 * var reader = new CompressedGradientReader(in);
 * MemorySegment sum = arena.allocate(4L * reader.header().dimension());
 * while (reader.hasNext()) {
 *     reader.accumulateNext(weight, sum);
 * }
 * }</pre>
 *
 * <p>The stream is not trusted. A block is decoded only after its checksum has been verified, so a damaged block adds
 * nothing; the blocks before it have already been added (use {@link CompressedGradient} to add all or nothing). Memory
 * grows with the bytes that actually arrive, not with what the header declares, until {@link #accumulateNext}, which
 * needs a few bytes for every coordinate of the block. Check the header's dimension before allocating a sum.
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
     * @throws MalformedPayloadException if the bytes are not a header that a writer produces
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

    /** Reads the fixed part of the header; its first bytes determine its length. */
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

    /** Returns whether there are more blocks to read. */
    public boolean hasNext() {
        return block < blocks.blockCount();
    }

    /**
     * Reads the next block and adds {@code weight} times it to the sum.
     *
     * @param sum float32[dimension], native byte order
     * @throws MalformedPayloadException if the stream ends early, the block is damaged or no encoder produces it; the
     *         sum is unchanged
     */
    public void accumulateNext(float weight, MemorySegment sum) throws IOException {
        BlockDecoder.checkRoom(header, sum);
        byte[] payload = nextPayload();
        decoder.decode(payload, block);
        decoder.addTo(sum, weight);
        block++;
    }

    /**
     * Reads the next block without adding it. Blocks follow one another in the order of the gradient, with gaps at
     * absent coordinates; see {@link CompressedGradientHeader#blocks}.
     *
     * @return its coordinates, float32 in native byte order, valid until the next block is read
     * @throws MalformedPayloadException if the stream ends early, the block is damaged or no encoder produces it
     */
    public MemorySegment decodeNext() throws IOException {
        decoder.decode(nextPayload(), block);
        block++;
        return decoder.coordinates();
    }

    /** Reads the next block and verifies that it can be decoded. */
    void verifyNext() throws IOException {
        decoder.decode(nextPayload(), block);
        block++;
    }

    /** Reads the next block and verifies its checksum only. */
    void skipNext() throws IOException {
        nextPayload();
        block++;
    }

    /**
     * Verifies that there are no bytes after the last block.
     *
     * @throws MalformedPayloadException if the stream continues
     */
    void requireEnd() throws IOException {
        if (in.read() >= 0) {
            throw CompressedGradientFormat.malformed("continues after its last block, expected its end at byte %d",
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

    /** Reads exactly {@code count} bytes; {@link InputStream#readNBytes(int)} allocates as they arrive. */
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
