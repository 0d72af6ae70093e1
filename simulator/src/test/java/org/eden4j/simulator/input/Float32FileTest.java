package org.eden4j.simulator.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Float32FileTest {
    private static final long SEED = 11;
    private static final int COUNT = 10_000;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("v");
    }

    private long coordinates(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            return Float32File.coordinates(file, channel);
        }
    }

    private void assertRefused(byte[] bytes, String fact) {
        String message = assertThrows(IllegalArgumentException.class, () -> coordinates(bytes)).getMessage();
        assertTrue(message.startsWith(file + " " + fact), message);
        assertTrue(message.endsWith("; expected little-endian float32 values, 4 bytes each, and nothing else"),
                message);
    }

    private static byte[] doubles(double factor, boolean widened) {
        SplittableRandom random = new SplittableRandom(SEED);
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * COUNT).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < COUNT; i++) {
            double value = i % 10 == 3 ? 0 : random.nextGaussian() * factor;
            bytes.putDouble(widened ? (float) value : value);
        }
        return bytes.array();
    }

    private static byte[] floats(double factor, int every) {
        SplittableRandom random = new SplittableRandom(SEED);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * COUNT).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < COUNT; i++) {
            double value = Math.exp(4 * random.nextGaussian()) * factor;
            bytes.putFloat((float) (i % every == 0 ? value : 0));
        }
        return bytes.array();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-8, 1e8, 1e-20})
    void shouldRefuseFloat64(double factor) {
        assertRefused(doubles(factor, false), "looks like 10000 float64 values");
        assertRefused(doubles(factor, true), "looks like 10000 float64 values");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-8, 1e-25, 1e8, 1e25, 1e-40})
    void shouldTakeFloat32OfAnySize(double factor) throws IOException {
        for (int every : new int[]{1, 2, 5, 100}) {
            assertEquals(COUNT, coordinates(floats(factor, every)));
        }
    }

    @Test
    void shouldTakeTheSmallestFile() throws IOException {
        assertEquals(1, coordinates(new byte[4]));
        assertEquals(2, coordinates(new byte[8]));
    }

    @Test
    void shouldRefuseAnOddLength() {
        assertRefused(new byte[0], "has 0 bytes, which is no value");
        for (int length : new int[]{1, 3, 5, 1001}) {
            assertRefused(new byte[length], "has " + length + " bytes, which is not a multiple of 4");
        }
    }

    @Test
    void shouldRefuseFormatsThatSayWhatTheyAre() {
        byte[] numpy = new byte[128];
        numpy[0] = (byte) 0x93;
        System.arraycopy("NUMPY".getBytes(StandardCharsets.US_ASCII), 0, numpy, 1, 5);
        assertRefused(numpy, "is a NumPy file: write it by x.astype('<f4').tofile(..)");
        byte[] zip = new byte[64];
        zip[0] = 'P';
        zip[1] = 'K';
        zip[2] = 3;
        zip[3] = 4;
        assertRefused(zip, "is a zip file");
    }

    @Test
    void shouldMakeACommandFailWithOneLine() throws IOException {
        Files.write(file, doubles(1, false));
        CliRun run = CliRun.of("sweep", "--input", "file:" + file, "--dimension", "1024");
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(file + " looks like 10000 float64 values"), run.err());
    }
}
