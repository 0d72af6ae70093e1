package org.eden4j.simulator.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of little-endian float32 values and nothing else. The format has no header, so files that are recognisably
 * something else are rejected: files of an invalid length, files that start like known formats, and float64.
 *
 * <p>Read as float32, the upper halves of float64 values of ordinary magnitude lie between 2^-13 and 2^14, while the
 * lower halves are noise over the whole range of exponents. A file is taken for float64 if the former holds for all of
 * its first 4096 values and the latter for more than a quarter of the non-zero ones. No gradient has that
 * pattern.
 */
public final class Float32File {
    private static final int LOOKED_AT_BYTES = 1 << 15;
    private static final Map<String, byte[]> FORMATS = new LinkedHashMap<>();
    private static final int EXPONENT_BIAS = 127;
    private static final int UPPER_LOWEST = -13;
    private static final int UPPER_HIGHEST = 14;
    /** Beyond the few bits that widening a float32 leaves in the lower half. */
    private static final int LOWER_WIDEST = 62;
    private static final int FEWEST_VALUES = 8;

    static {
        FORMATS.put("a compressed gradient (see eden decompress)", bytes(0x89, 'E', 'D', 'E', 'N'));
        FORMATS.put("a NumPy file: write it by x.astype('<f4').tofile(..)", bytes(0x93, 'N', 'U', 'M', 'P', 'Y'));
        FORMATS.put("a zip file, as .npz and .pt are", bytes('P', 'K', 3, 4));
        FORMATS.put("a gzip file", bytes(0x1f, 0x8b, 8));
        FORMATS.put("an HDF5 file", bytes(0x89, 'H', 'D', 'F'));
    }

    private Float32File() {}

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /**
     * Checks the length and the start of the file.
     *
     * @param path name of the file in messages
     * @param channel the file; its position is unchanged
     * @return number of values in the file
     * @throws IllegalArgumentException if it is something else, saying what, and what was expected
     */
    public static long coordinates(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer start = ByteBuffer.allocate((int) Math.min(size, LOOKED_AT_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at >= 0 && start.hasRemaining();) {
            at = channel.read(start, start.position());
        }
        start.flip();
        for (Map.Entry<String, byte[]> format : FORMATS.entrySet()) {
            byte[] magic = format.getValue();
            if (start.limit() >= magic.length && start.slice(0, magic.length).equals(ByteBuffer.wrap(magic))) {
                throw refused(path, "is " + format.getKey());
            }
        }
        if (size == 0 || size % Float.BYTES != 0) {
            throw refused(path, "has " + size + " bytes, which is "
                    + (size == 0 ? "no value" : "not a multiple of " + Float.BYTES));
        }
        if (size % Double.BYTES == 0 && isFloat64(start)) {
            throw refused(path, "looks like " + size / Double.BYTES + " float64 values");
        }
        return size / Float.BYTES;
    }

    private static IllegalArgumentException refused(Path path, String fact) {
        return new IllegalArgumentException(
                path + " " + fact + "; expected little-endian float32 values, 4 bytes each, "
                        + "and nothing else");
    }

    private static boolean isFloat64(ByteBuffer start) {
        int pairs = start.limit() / Double.BYTES;
        int uppers = 0;
        int lowers = 0;
        int wild = 0;
        for (int pair = 0; pair < pairs; pair++) {
            int lower = start.getInt(Double.BYTES * pair);
            int upper = start.getInt(Double.BYTES * pair + Float.BYTES);
            int upperExponent = exponent(upper);
            if (upper << 1 != 0) {
                if (upperExponent < UPPER_LOWEST || upperExponent > UPPER_HIGHEST) {
                    return false;
                }
                uppers++;
            }
            if (lower << 1 != 0) {
                lowers++;
                wild += Math.abs(exponent(lower)) > LOWER_WIDEST ? 1 : 0;
            }
        }
        return uppers >= FEWEST_VALUES && 4 * wild > lowers;
    }

    /** Returns floor(log2 |x|) of the float32 with these bits. */
    private static int exponent(int bits) {
        return (bits >>> 23 & 0xff) - EXPONENT_BIAS;
    }
}
