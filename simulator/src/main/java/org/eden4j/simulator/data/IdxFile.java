package org.eden4j.simulator.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file of unsigned bytes in the IDX format: a big-endian magic number {@code 0x0000_08_NN} with NN the number of
 * dimensions, NN sizes of four bytes each, then the values, last dimension fastest. Plain or gzip, recognised by the
 * first two bytes.
 *
 * <p>The file is not trusted: sizes are bounded before anything is read, memory grows with the bytes that actually
 * arrive, and a file that is too short or too long is rejected.
 *
 * @param sizes sizes of the dimensions, the number of items first
 * @param values the values, as many as the product of the sizes
 * @see <a href="http://yann.lecun.com/exdb/mnist/">The IDX format, at the end of the MNIST page</a>
 */
record IdxFile(int[] sizes, byte[] values) {
    /** Largest number of values in a file: twenty times the full Fashion-MNIST. */
    private static final long MOST_VALUES = 1L << 30;
    private static final int UNSIGNED_BYTES = 0x0800;

    /**
     * Reads a whole file.
     *
     * @param name name of the file in errors
     * @param stream its bytes; the caller closes it
     * @param dimensions the number of dimensions the file must have
     * @throws IOException if it is not such a file, naming it, what was expected and what was found
     */
    static IdxFile read(String name, InputStream stream, int dimensions) throws IOException {
        try {
            InputStream plain = unzipped(stream);
            int magic = readInt(plain, name, "magic number");
            if (magic != UNSIGNED_BYTES + dimensions) {
                throw new IOException(
                        "%s is not an IDX file of unsigned bytes in %d dimensions: its magic number should be 0x%08x, found 0x%08x"
                            .formatted(name, dimensions, UNSIGNED_BYTES + dimensions, magic));
            }
            int[] sizes = new int[dimensions];
            long count = 1;
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = readInt(plain, name, "size of dimension " + (i + 1));
                if (sizes[i] < 1 || sizes[i] > MOST_VALUES / count) {
                    throw new IOException(
                            "%s declares %d for dimension %d of %d: sizes must be at least 1 and make at most %d values"
                                .formatted(name, Integer.toUnsignedLong(sizes[i]), i + 1, dimensions, MOST_VALUES));
                }
                count *= sizes[i];
            }
            byte[] values = plain.readNBytes((int) count);
            if (values.length < count) {
                throw new IOException("%s is cut short: its header declares %s = %d values, found %d"
                    .formatted(name, product(sizes), count, values.length));
            }
            if (plain.read() >= 0) {
                throw new IOException("%s continues after the %s = %d values that its header declares"
                    .formatted(name, product(sizes), count));
            }
            return new IdxFile(sizes, values);
        } catch (EOFException | ZipException e) {
            throw new IOException("%s is a broken gzip file (%s): download it again".formatted(name, e.getMessage()),
                    e);
        }
    }

    private static InputStream unzipped(InputStream stream) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(stream, 1 << 16);
        buffered.mark(2);
        boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }

    private static int readInt(InputStream stream, String name, String what) throws IOException {
        byte[] bytes = stream.readNBytes(4);
        if (bytes.length < 4) {
            throw new IOException("%s ends within its header: expected the 4 bytes of its %s, found %d"
                .formatted(name, what, bytes.length));
        }
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }

    private static String product(int[] sizes) {
        return Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining(" x "));
    }
}
