package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodSamples;
import org.eden4j.compressor.eden.Drive;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.elementwise.None;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any damage to the bytes, accidental or intended, is detected and reported, and no sum is changed. */
class CompressedGradientDamageTest {
    static Stream<Method> methods() {
        return MethodSamples.all().stream();
    }

    private static byte[] small(Method method) {
        CompressedGradientHeader header = new CompressedGradientHeader(method, 130, 128, 5, 0, 1);
        return CompressedGradient.encode(header, MethodSamples.gradient(1, 130)).toByteArray();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldFindEveryFlippedBit(Method method) {
        byte[] bytes = small(method);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(bytes, "bit " + bit);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        CompressedGradient.of(bytes).decode();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldRefuseEveryCutAndWhatIsTooLong(Method method) {
        byte[] bytes = small(method);
        for (int length = 0; length < bytes.length; length++) {
            String message = assertRefused(Arrays.copyOf(bytes, length), "cut to " + length);
            assertTrue(message.contains("ends at byte " + length + ", expected "), message);
        }
        assertEquals("compressed gradient: continues after its last block, expected its end at byte " + bytes.length,
                assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "one more"));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldStopAtADamagedBlockWhenStreaming(Method method) throws Exception {
        CompressedGradientHeader header = new CompressedGradientHeader(method, 500, 128, 5, 0, 1);
        CompressedGradient whole = CompressedGradient.encode(header, MethodSamples.gradient(1, 500));
        byte[] bytes = whole.toByteArray();
        int blockBytes = (method.hasFixedLength() ? 0 : 4) + BlockCodec.of(method).payloadBytes(128) + 4;
        bytes[bytes.length - 1 - blockBytes] ^= 1;
        CompressedGradientReader reader = new CompressedGradientReader(new ByteArrayInputStream(bytes));
        float[] sum = new float[500];
        int added = 0;
        while (added < header.blocks().blockCount() - 2) {
            reader.accumulateNext(1, MemorySegment.ofArray(sum));
            added++;
        }
        float[] before = sum.clone();
        assertThrows(MalformedPayloadException.class, () -> reader.accumulateNext(1, MemorySegment.ofArray(sum)));
        assertArrayEquals(before, sum);
        int known = header.blocks().offset(added);
        assertArrayEquals(Arrays.copyOf(whole.decode(), known), Arrays.copyOf(sum, known));
    }

    @Test
    void shouldNotTakeBlocksFromElsewhere() {
        byte[] one = ContainerBytes.of(new None(), 256, 128, new byte[512], filled(1)).bytes();
        byte[] swapped = one.clone();
        int first = one.length - 2 * 516;
        System.arraycopy(one, first, swapped, first + 516, 516);
        System.arraycopy(one, first + 516, swapped, first, 516);
        assertRefused(swapped, "two blocks in the other order");
        byte[] other = ContainerBytes.of(new None(), 256, 128, filled(2), filled(1)).bytes();
        System.arraycopy(other, first + 516, one, first + 516, 516);
        assertRefused(one, "the second block of another container");
    }

    private static byte[] filled(int value) {
        byte[] payload = new byte[512];
        Arrays.fill(payload, (byte) value);
        return payload;
    }

    @Test
    void shouldSayWhatIsWrongWithAHeader() {
        ContainerBytes good = ContainerBytes.of(Eden.unbiased(1), 128, 128, new byte[20]);
        assertEquals(128, CompressedGradient.of(good.bytes()).decode().length);
        byte[] picture = good.bytes();
        picture[1] = 'P';
        assertEquals("not a compressed gradient: starts with 89 50 44 45 4e 0d 0a 1a, expected 89 45 44 45 4e 0d 0a 1a",
                assertRefused(picture, "magic"));
        assertMessage("format version 3, this library reads 1 and 2", good.withVersion(3).bytes());
        assertMessage("wire id 3, but eden:bits=1 has 2", good.withWireId(3).bytes());
        assertMessage("the method is written 'eden:bits=1.0', expected 'eden:bits=1'",
                good.withText("eden:bits=1.0").bytes());
        assertMessage("method 'eden:bits=9': bits must be above 0 and at most 8, got 9",
                good.withText("eden:bits=9").bytes());
        assertMessage("worker must be from 0 to 65533, got 65534", good.withWorker(65534).bytes());
        assertMessage("bytes 22 and 23 are 0001, expected 0", good.withZero(1).bytes());
        assertMessage("the method's text has 0 bytes, expected 1 to 200", good.withText("").bytes());
        assertMessage("the method's text has 201 bytes, expected 1 to 200", good.withText("x".repeat(201)).bytes());
        assertMessage("dimension must be at least 1, got 0", ContainerBytes.of(new None(), 0, 128).bytes());
        assertMessage("dimension must be at least 1, got -1", ContainerBytes.of(new None(), -1, 128).bytes());
        assertMessage("127 coordinates cannot be encoded by eden:bits=1, expected none",
                ContainerBytes.of(Eden.unbiased(1), 127, 128, new byte[20]).bytes());
        assertMessage("block size must be a power of two from 128 to 16777216, got 0",
                ContainerBytes.of(Eden.unbiased(1), 128, 0).bytes());
        assertMessage("block size must be from 128 to 16777216, got 16777217",
                ContainerBytes.of(new None(), 1, (1 << 24) + 1).bytes());
        byte[] damaged = good.bytes();
        damaged[20] ^= 1;
        String message = assertRefused(damaged, "a flipped bit");
        assertTrue(message.contains("the checksum of the header is "), message);
    }

    @Test
    void shouldLeaveTheSumAloneWhenOnlyTheLastBlockIsWrong() {
        byte[] endless = new byte[20];
        endless[2] = (byte) 0x80;
        endless[3] = 0x7F;
        byte[] plain = new byte[20];
        plain[3] = 0x3F;
        CompressedGradient forged = CompressedGradient
            .of(ContainerBytes.of(Drive.unbiased(), 256, 128, plain, endless).bytes());
        float[] sum = MethodSamples.gradient(1, 256);
        MalformedPayloadException e = assertThrows(MalformedPayloadException.class, () -> forged.accumulate(1, sum));
        assertTrue(e.getMessage().contains("scale Infinity"), e.getMessage());
        assertArrayEquals(MethodSamples.gradient(1, 256), sum);
        assertThrows(MalformedPayloadException.class, forged::decode);
        assertThrows(MalformedPayloadException.class, () -> forged.accumulate(1, sum));
        assertArrayEquals(MethodSamples.gradient(1, 256), sum);
    }

    @Test
    void shouldRefuseBlocksThatTheMethodDoesNotTake() {
        Method haar = Method.parse("eden:bits=1,rotation=haar");
        assertMessage(
                "eden:bits=1,rotation=haar takes blocks of up to 4096 coordinates, got one of 8192: choose a smaller block size",
                ContainerBytes.of(haar, 8192, 8192, new byte[1028]).bytes());
    }

    @Test
    void shouldRefuseNumbersBeyondFloat32() {
        byte[] largest = new byte[4 + 128 / 8];
        largest[0] = (byte) 0xFF;
        largest[1] = (byte) 0xFF;
        largest[2] = 0x7F;
        largest[3] = 0x7F;
        for (String text : new String[]{"drive", "qsgd:bits=2,rotate=true"}) {
            Method method = Method.parse(text);
            byte[] payload = Arrays.copyOf(largest, BlockCodec.of(method).payloadBytes(128));
            // All indices alike: the largest multiple for qsgd, which the rotation back adds up.
            Arrays.fill(payload, 4, payload.length, (byte) 0x55);
            CompressedGradient container = CompressedGradient
                .of(ContainerBytes.of(method, 128, 128, payload).bytes());
            MalformedPayloadException e = assertThrows(MalformedPayloadException.class, container::decode, text);
            assertEquals("compressed gradient: block 0 of 1 decodes to values outside the range of float32",
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldNotAllocateWhatAStrangerDeclares(Method method) {
        int blockSize = method.equals(new None()) ? 1 << 24 : MethodSamples.blockSize(method);
        byte[] bytes = ContainerBytes.of(method, Integer.MAX_VALUE, blockSize, new byte[100]).bytes();
        assertRefused(bytes, "cut short");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertRefused(bytes, "cut short");
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 1 << 20, "allocated " + allocated + " bytes for " + bytes.length);
    }

    private static void assertMessage(String expected, byte[] bytes) {
        assertEquals("compressed gradient: " + expected, assertRefused(bytes, expected));
    }

    private static String assertRefused(byte[] bytes, String what) {
        return assertThrows(MalformedPayloadException.class, () -> CompressedGradient.of(bytes), what).getMessage();
    }
}
