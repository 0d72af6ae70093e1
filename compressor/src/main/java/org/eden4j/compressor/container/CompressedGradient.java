package org.eden4j.compressor.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;

/**
 * A compressed gradient that says all about itself: for files, for systems that move objects or bytes, for anything but
 * a job's own frames.
 *
 * <pre>{@code
 * byte[] bytes = CompressedGradient.encode(CompressedGradientHeader.of(Method.parse("eden:bits=4"), x.length, 1), x)
 *     .toByteArray();
 * float[] estimate = CompressedGradient.of(bytes).decode();
 * }</pre>
 *
 * <p>It is its bytes, whose checksums were all checked when it was made: a header of some 60 bytes (method, dimension,
 * block size, seeds; where the gradient has {@linkplain CompressedGradientHeader#parts() parts}, the layout instead of the
 * method), then the blocks with 4 bytes of checksum each; {@code docs/container.md} and
 * {@code CompressedGradientFormat} list them one by one. At most 2^31 - 9 bytes; {@link CompressedGradientWriter} and
 * {@link CompressedGradientReader} go beyond, with the memory of one block.
 *
 * <p>Bytes of strangers end in {@link MalformedPayloadException} at the latest when they are decoded, and the sum they
 * were to be added to is then as it was before. Reading takes memory in proportion to the bytes that are there; decoding
 * takes as much as the {@linkplain #header() header's} dimension asks for, which can be some 10^8 times more at tiny
 * fractions of a bit: look at it first. Immutable and thread-safe.
 */
public final class CompressedGradient {
    /** The largest array of every JVM. */
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final CompressedGradientHeader header;
    private final byte[] bytes;
    /** Every block was decoded once or comes from our own encoder. A race only costs another look. */
    private volatile boolean decodable;

    private CompressedGradient(CompressedGradientHeader header, byte[] bytes, boolean decodable) {
        this.header = header;
        this.bytes = bytes;
        this.decodable = decodable;
    }

    /**
     * Encodes a gradient.
     *
     * @param gradient float32[dimension], native byte order
     * @throws NonFiniteGradientException if a coordinate cannot be carried
     * @throws IllegalArgumentException if the gradient has another dimension than the header, or the method cannot take
     *         such blocks
     */
    public static CompressedGradient encode(CompressedGradientHeader header, MemorySegment gradient) {
        return encode(header, Method::codec, gradient);
    }

    /** Encodes an array, see {@link #encode(CompressedGradientHeader, MemorySegment)}. */
    public static CompressedGradient encode(CompressedGradientHeader header, float[] gradient) {
        return encode(header, MemorySegment.ofArray(gradient));
    }

    /**
     * Encodes a gradient with a codec of one's own, such as that of an {@link ErrorFeedback}; see
     * {@link #encode(CompressedGradientHeader, MemorySegment)}.
     *
     * @param codec of the header's method, for a gradient without structure
     */
    public static CompressedGradient encode(
            CompressedGradientHeader header, BlockCodec codec, MemorySegment gradient) {
        return encode(header, gradient, out -> new CompressedGradientWriter(out, header, codec));
    }

    /**
     * Encodes a gradient with codecs of one's own; see {@link #encode(CompressedGradientHeader, MemorySegment)}.
     *
     * @param codec makes the codec of a method, such as {@link ErrorFeedback#encoder}
     */
    public static CompressedGradient encode(CompressedGradientHeader header, Function<Method, BlockCodec> codec,
            MemorySegment gradient) {
        return encode(header, gradient, out -> new CompressedGradientWriter(out, header, codec));
    }

    /** Makes a writer of a stream. */
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
     * @throws MalformedPayloadException if they were damaged, cut short or are something else
     */
    public static CompressedGradient of(byte[] bytes) {
        try {
            return read(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a container to the end of a stream.
     *
     * @throws MalformedPayloadException if the bytes were damaged, cut short, go on after the last block or are something
     *         else
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

    /** Bytes of the container. */
    public int size() {
        return bytes.length;
    }

    /** The container, copied. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Writes the container. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    /**
     * The gradient that the bytes stand for; 0 where coordinates are absent.
     *
     * @throws MalformedPayloadException if no encoder makes such bytes
     */
    public float[] decode() {
        float[] gradient = new float[header.dimension()];
        add(1, MemorySegment.ofArray(gradient));
        return gradient;
    }

    /**
     * Adds {@code weight} times the gradient to a sum; nothing where coordinates are absent.
     *
     * @param sum float32[dimension], native byte order
     * @throws MalformedPayloadException if no encoder makes such bytes; the sum is then as it was before
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

    private CompressedGradientReader reader() throws IOException {
        return new CompressedGradientReader(new ByteArrayInputStream(bytes));
    }

    /** Keeps what is read. */
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
