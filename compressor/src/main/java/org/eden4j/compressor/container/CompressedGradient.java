package org.eden4j.compressor.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;

/**
 * A self-contained compressed gradient, for files and for systems that move objects or bytes. (Jobs use frames of their
 * own.)
 *
 * <pre>{@code
 * byte[] bytes = CompressedGradient.encode(CompressedGradientHeader.of(Method.parse("eden:bits=4"), x.length, 1), x)
 *     .toByteArray();
 * float[] estimate = CompressedGradient.of(bytes).decode();
 * }</pre>
 *
 * <p>An instance is its bytes, with all checksums verified on creation: a header of about 60 bytes (method, dimension,
 * block size, seeds; if the gradient has {@linkplain CompressedGradientHeader#parts() parts}, the layout instead of the
 * method), then the blocks, each with a checksum of 4 bytes. {@code docs/container.md} and
 * {@code CompressedGradientFormat} list the bytes. At most 2^31 - 9 bytes; {@link CompressedGradientWriter} and
 * {@link CompressedGradientReader} have no such limit and need the memory of one block.
 *
 * <p>Untrusted bytes are rejected with {@link MalformedPayloadException} at the latest when they are decoded, and the
 * sum is then unchanged. Reading takes memory in proportion to the bytes present. Decoding takes as much as the
 * dimension in the {@linkplain #header() header} requires, which can be 10^8 times more at tiny fractions of a bit:
 * check it first. Immutable and thread-safe. Serialized as its bytes, which are checked when they are read.
 */
public final class CompressedGradient implements Serializable {
    private static final long serialVersionUID = 1;
    /** Largest array length supported by every JVM. */
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final transient CompressedGradientHeader header;
    private final transient byte[] bytes;
    /**
     * True once every block has been decoded, or if the bytes come from our own encoder. A race only repeats the check.
     */
    private transient volatile boolean decodable;

    /** The serialized form. */
    private record Bytes(byte[] container) implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            try {
                return of(container);
            } catch (MalformedPayloadException e) {
                throw new InvalidObjectException(e.getMessage(), e);
            }
        }
    }

    private CompressedGradient(CompressedGradientHeader header, byte[] bytes, boolean decodable) {
        this.header = header;
        this.bytes = bytes;
        this.decodable = decodable;
    }

    /**
     * Encodes a gradient.
     *
     * @param gradient float32[dimension], native byte order
     * @throws NonFiniteGradientException if a coordinate cannot be encoded
     * @throws IllegalArgumentException if the dimension of the gradient differs from the header's, or if the method
     *         does not support such blocks
     */
    public static CompressedGradient encode(CompressedGradientHeader header, MemorySegment gradient) {
        return encode(header, Method::codec, gradient);
    }

    /** Encodes an array, see {@link #encode(CompressedGradientHeader, MemorySegment)}. */
    public static CompressedGradient encode(CompressedGradientHeader header, float[] gradient) {
        return encode(header, MemorySegment.ofArray(gradient));
    }

    /**
     * Encodes a gradient with the given codec, such as that of an {@link ErrorFeedback}; see
     * {@link #encode(CompressedGradientHeader, MemorySegment)}.
     *
     * @param codec codec of the header's method, for a gradient without structure
     */
    public static CompressedGradient encode(
            CompressedGradientHeader header, BlockCodec codec, MemorySegment gradient) {
        return encode(header, gradient, out -> new CompressedGradientWriter(out, header, codec));
    }

    /**
     * Encodes a gradient with the given codecs; see {@link #encode(CompressedGradientHeader, MemorySegment)}.
     *
     * @param codec creates the codec of a method, such as {@link ErrorFeedback#encoder}
     */
    public static CompressedGradient encode(CompressedGradientHeader header, Function<Method, BlockCodec> codec,
            MemorySegment gradient) {
        return encode(header, gradient, out -> new CompressedGradientWriter(out, header, codec));
    }

    /** Creates the writer of a stream. */
    private interface Writers {
        CompressedGradientWriter to(OutputStream out) throws IOException;
    }

    private static CompressedGradient encode(CompressedGradientHeader header, MemorySegment gradient, Writers writers) {
        long size = header.containerBytes();
        if (size > LARGEST_ARRAY) {
            throw new IllegalArgumentException(
                    tooLarge(size, "write it block by block with CompressedGradientWriter"));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) size);
        try {
            CompressedGradientWriter writer = writers.to(out);
            while (writer.hasNext()) {
                writer.encodeNext(gradient);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new CompressedGradient(header, out.toByteArray(), true);
    }

    /**
     * Reads a container from memory.
     *
     * @param bytes the container and nothing else; copied
     * @throws MalformedPayloadException if the bytes are damaged, cut short or not a container
     */
    public static CompressedGradient of(byte[] bytes) {
        try {
            return read(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a container up to the end of a stream.
     *
     * @throws MalformedPayloadException if the bytes are damaged, cut short, continue after the last block or are not a
     *         container
     */
    public static CompressedGradient read(InputStream in) throws IOException {
        Recorder recorder = new Recorder(in);
        CompressedGradientReader reader = new CompressedGradientReader(recorder);
        long size = reader.header().containerBytes();
        if (size > LARGEST_ARRAY) {
            throw new MalformedPayloadException(tooLarge(size, "read it block by block with CompressedGradientReader"));
        }
        while (reader.hasNext()) {
            reader.skipNext();
        }
        reader.requireEnd();
        return new CompressedGradient(reader.header(), recorder.recorded(), false);
    }

    private static String tooLarge(long size, String cure) {
        return "a compressed gradient of " + size + " bytes does not fit into an array of at most " + LARGEST_ARRAY
                + ": "
                + cure;
    }

    public CompressedGradientHeader header() {
        return header;
    }

    /** Returns the number of bytes of the container. */
    public int size() {
        return bytes.length;
    }

    /** Returns a copy of the container. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Writes the container. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    /**
     * Decodes the gradient; absent coordinates are 0.
     *
     * @throws MalformedPayloadException if no encoder produces these bytes
     */
    public float[] decode() {
        float[] gradient = new float[header.dimension()];
        add(1, MemorySegment.ofArray(gradient));
        return gradient;
    }

    /**
     * Adds {@code weight} times the gradient to a sum; absent coordinates are unchanged.
     *
     * @param sum float32[dimension], native byte order
     * @throws MalformedPayloadException if no encoder produces these bytes; the sum is unchanged
     * @throws IllegalArgumentException if the sum has another dimension
     */
    public void accumulate(float weight, MemorySegment sum) {
        BlockDecoder.checkRoom(header, sum);
        if (!decodable) {
            verify();
        }
        add(weight, sum);
    }

    /** Adds to an array, see {@link #accumulate(float, MemorySegment)}. */
    public void accumulate(float weight, float[] sum) {
        accumulate(weight, MemorySegment.ofArray(sum));
    }

    private void verify() {
        try {
            CompressedGradientReader reader = reader();
            while (reader.hasNext()) {
                reader.verifyNext();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        decodable = true;
    }

    private void add(float weight, MemorySegment sum) {
        try {
            CompressedGradientReader reader = reader();
            while (reader.hasNext()) {
                reader.accumulateNext(weight, sum);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        decodable = true;
    }

    private Object writeReplace() {
        return new Bytes(bytes);
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a compressed gradient is read from its bytes");
    }

    private CompressedGradientReader reader() throws IOException {
        return new CompressedGradientReader(new ByteArrayInputStream(bytes));
    }

    /** Records the bytes that are read. */
    private static final class Recorder extends InputStream {
        private final InputStream in;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Recorder(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            if (value >= 0) {
                kept.write(value);
            }
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = in.read(into, offset, length);
            if (count > 0) {
                kept.write(into, offset, count);
            }
            return count;
        }

        byte[] recorded() {
            return kept.toByteArray();
        }
    }
}
