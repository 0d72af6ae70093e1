package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.MethodSamples;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.elementwise.None;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Block by block, through streams that deliver and accept bytes in various ways. */
class CompressedGradientStreamTest {
    private static final CompressedGradientHeader HEADER = new CompressedGradientHeader(Eden.unbiased(2.5), 3000, 512,
            7, 1, 2);
    private static final float[] GRADIENT = MethodSamples.gradient(4, 3000);

    private static void write(OutputStream out, CompressedGradientHeader header, MemorySegment gradient)
            throws IOException {
        CompressedGradientWriter writer = new CompressedGradientWriter(out, header);
        while (writer.hasNext()) {
            writer.encodeNext(gradient);
        }
    }

    private static float[] read(InputStream in) throws IOException {
        CompressedGradientReader reader = new CompressedGradientReader(in);
        float[] sum = new float[reader.header().dimension()];
        while (reader.hasNext()) {
            reader.accumulateNext(1, MemorySegment.ofArray(sum));
        }
        return sum;
    }

    private static byte[] whole() {
        return CompressedGradient.encode(HEADER, GRADIENT).toByteArray();
    }

    @Test
    void shouldWriteTheSameBytesBlockByBlock() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, HEADER, MemorySegment.ofArray(GRADIENT));
        assertArrayEquals(whole(), out.toByteArray());
    }

    @Test
    void shouldGiveBlocksByThemselves() throws IOException {
        CompressedGradientReader reader = new CompressedGradientReader(new ByteArrayInputStream(whole()));
        float[] decoded = new float[GRADIENT.length];
        int first = 0;
        while (reader.hasNext()) {
            float[] block = reader.decodeNext().toArray(ValueLayout.JAVA_FLOAT);
            System.arraycopy(block, 0, decoded, first, block.length);
            first += block.length;
        }
        assertEquals(GRADIENT.length, first);
        assertArrayEquals(CompressedGradient.of(whole()).decode(), decoded);
    }

    @Test
    void shouldReadOneAfterTheOther() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompressedGradientHeader second = new CompressedGradientHeader(new None(), 5, 128, 0, 0, 0);
        float[] five = {1, 2, 3, 4, 5};
        write(out, HEADER, MemorySegment.ofArray(GRADIENT));
        write(out, second, MemorySegment.ofArray(five));
        InputStream in = new ByteArrayInputStream(out.toByteArray());
        assertArrayEquals(CompressedGradient.of(whole()).decode(), read(in));
        assertArrayEquals(five, read(in));
        assertEquals(0, in.available());
        MalformedPayloadException e = assertThrows(MalformedPayloadException.class, () -> read(in));
        assertEquals("compressed gradient: ends at byte 0, expected 44 more for the header", e.getMessage());
    }

    @Test
    void shouldWaitForStreamsThatGiveAByteAtATime() throws IOException {
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(whole())) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(1, length));
            }
        };
        assertArrayEquals(CompressedGradient.of(whole()).decode(), CompressedGradient.read(slow).decode());
    }

    @Test
    void shouldPassOnWhatAStreamThrows() {
        IOException broken = new IOException("the line is down");
        InputStream in = new FilterInputStream(new ByteArrayInputStream(whole(), 0, 600)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                if (count < 0) {
                    throw broken;
                }
                return count;
            }
        };
        assertSame(broken, assertThrows(IOException.class, () -> CompressedGradient.read(in)));
    }

    @Test
    void shouldStopBeforeABlockThatCannotBeEncoded() throws IOException {
        float[] x = GRADIENT.clone();
        x[1024] = Float.POSITIVE_INFINITY;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompressedGradientWriter writer = new CompressedGradientWriter(out, HEADER);
        writer.encodeNext(MemorySegment.ofArray(x));
        writer.encodeNext(MemorySegment.ofArray(x));
        int written = out.size();
        assertThrows(NonFiniteGradientException.class, () -> writer.encodeNext(MemorySegment.ofArray(x)));
        assertEquals(written, out.size());
        writer.encodeNext(MemorySegment.ofArray(GRADIENT));
        while (writer.hasNext()) {
            writer.encodeNext(MemorySegment.ofArray(GRADIENT));
        }
        assertArrayEquals(whole(), out.toByteArray(), "the writer goes on where it was");
        assertFalse(writer.hasNext());
        assertThrows(IndexOutOfBoundsException.class, () -> writer.encodeNext(MemorySegment.ofArray(GRADIENT)));
    }

    @Test
    void shouldGoThroughChannelsAndMappedFiles(@TempDir Path dir) throws IOException {
        Path raw = dir.resolve("gradient");
        Path packed = dir.resolve("packed");
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(raw, StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                FileChannel to = FileChannel.open(packed, StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, 4L * GRADIENT.length, arena);
            mapped.copyFrom(MemorySegment.ofArray(GRADIENT));
            write(Channels.newOutputStream(to), HEADER, mapped);
            to.position(0);
            assertArrayEquals(CompressedGradient.of(whole()).decode(), read(Channels.newInputStream(to)));
        }
    }
}
