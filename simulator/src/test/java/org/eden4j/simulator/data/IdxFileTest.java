package org.eden4j.simulator.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class IdxFileTest {
    /** Two items of three values. */
    private static final byte[] FILE = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, (byte) 255};

    @Test
    void shouldReadPlainAndGzip() throws IOException {
        for (byte[] bytes : new byte[][]{FILE, gzip(FILE)}) {
            IdxFile file = read(bytes, 2);
            assertArrayEquals(new int[]{2, 3}, file.sizes());
            assertArrayEquals(new byte[]{1, 2, 3, 4, 5, (byte) 255}, file.values());
        }
    }

    @Test
    void shouldNameWhatIsMissingOfAFileCutShort() {
        assertMessage("f is cut short: its header declares 2 x 3 = 6 values, found 4", Arrays.copyOf(FILE, 16), 2);
        assertMessage("f ends within its header: expected the 4 bytes of its size of dimension 2, found 2",
                Arrays.copyOf(FILE, 10), 2);
        assertMessage("f ends within its header: expected the 4 bytes of its magic number, found 0", new byte[0], 2);
    }

    @Test
    void shouldRefuseBytesAfterTheLastValue() {
        assertMessage("f continues after the 2 x 3 = 6 values that its header declares",
                Arrays.copyOf(FILE, FILE.length + 1), 2);
    }

    @Test
    void shouldRefuseAnotherKindOfFile() {
        assertMessage(
                "f is not an IDX file of unsigned bytes in 3 dimensions: its magic number should be 0x00000803, found 0x00000802",
                FILE, 3);
    }

    @Test
    void shouldRefuseHostileSizesBeforeReading() {
        byte[] huge = FILE.clone();
        huge[4] = 0x7f;
        assertMessage("f declares 3 for dimension 2 of 2: sizes must be at least 1 and make at most 1073741824 values",
                withFirstSize(0x3fffffff), 2);
        assertMessage(
                "f declares 2130706434 for dimension 1 of 2: sizes must be at least 1 and make at most 1073741824 values",
                huge, 2);
        assertMessage("f declares 0 for dimension 1 of 2: sizes must be at least 1 and make at most 1073741824 values",
                withFirstSize(0), 2);
        assertMessage(
                "f declares 4294967295 for dimension 1 of 2: sizes must be at least 1 and make at most 1073741824 values",
                withFirstSize(-1), 2);
    }

    @Test
    void shouldNameABrokenGzipFile() throws IOException {
        byte[] gzip = gzip(FILE);
        assertMessage("f is a broken gzip file (Unexpected end of ZLIB input stream): download it again",
                Arrays.copyOf(gzip, gzip.length - 10), 2);
        gzip[gzip.length - 8] ^= 1;
        assertMessage("f is a broken gzip file (Corrupt GZIP trailer): download it again", gzip, 2);
    }

    private static byte[] withFirstSize(int size) {
        byte[] file = FILE.clone();
        for (int i = 0; i < 4; i++) {
            file[4 + i] = (byte) (size >>> 24 - 8 * i);
        }
        return file;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static IdxFile read(byte[] bytes, int dimensions) throws IOException {
        return IdxFile.read("f", new ByteArrayInputStream(bytes), dimensions);
    }

    private static void assertMessage(String expected, byte[] bytes, int dimensions) {
        assertEquals(expected, assertThrows(IOException.class, () -> read(bytes, dimensions)).getMessage());
    }
}
