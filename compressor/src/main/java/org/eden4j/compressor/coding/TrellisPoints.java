package org.eden4j.compressor.coding;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.TrellisCodebook;

/**
 * The trained points of a {@link TrellisCodebook} for normal coordinates and their error: the resource
 * {@value #RESOURCE}, made by {@code TrellisPointsTable} among the tests.
 *
 * <pre>
 * column       meaning
 * states       states of the trellis, 8 or 64
 * bits         bits per coordinate
 * vnmse        1 / cos^2 - 1 of the angle between a block and its points, the error of the unbiased estimate: for blocks of
 *              256, 512, 1,024, 2,048 and 4,096 coordinates
 * square       mean square of the chosen points
 * points       the upper half of the 2^(bits+1) points in ascending order; the lower half mirrors it
 * </pre>
 *
 * @param vnmseBySize see above
 * @param square see above
 * @param codebook the points
 */
public record TrellisPoints(List<Double> vnmseBySize, double square, TrellisCodebook codebook) {
    /** Smallest block whose error is known, in coordinates. */
    public static final int SMALLEST = 1 << 8;
    private static final String RESOURCE = "trellis-points.csv";

    public TrellisPoints {
        vnmseBySize = List.copyOf(vnmseBySize);
    }
    private static final List<TrellisPoints> ROWS = read();

    private static List<TrellisPoints> read() {
        try (InputStream in = TrellisPoints.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its resource " + RESOURCE);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
                .skip(1)
                .map(TrellisPoints::row)
                .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TrellisPoints row(String line) {
        String[] fields = line.split(",", -1);
        Trellis trellis = fields[0].equals("8") ? Trellis.EIGHT : Trellis.SIXTY_FOUR;
        int bits = Integer.parseInt(fields[1]);
        List<Double> upper = numbers(fields[4]);
        int half = upper.size();
        float[] points = new float[2 * half];
        for (int j = 0; j < half; j++) {
            points[half + j] = upper.get(j).floatValue();
            points[half - 1 - j] = -points[half + j];
        }
        return new TrellisPoints(numbers(fields[2]), Double.parseDouble(fields[3]),
                new TrellisCodebook(trellis, bits, points));
    }

    private static List<Double> numbers(String field) {
        return Arrays.stream(field.split(" ", -1)).map(Double::valueOf).toList();
    }

    /** Returns the points for 8 or 64 states and 1 to {@value TrellisCodebook#MOST_BITS} bits. */
    public static TrellisPoints of(Trellis trellis, int bits) {
        return ROWS.stream()
            .filter(row -> row.codebook.trellis() == trellis && row.codebook.bits() == bits)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no points for " + trellis.states() + " states and " + bits
                    + " bits"));
    }

    /** Returns the unbiased vNMSE of long blocks of normal coordinates. */
    public double vnmse() {
        return vnmseBySize.getLast();
    }

    /**
     * Returns the unbiased vNMSE of a block of n normal coordinates.
     *
     * @param n a power of two, at least {@value #SMALLEST}
     */
    public double vnmse(int n) {
        int doublings = Integer.numberOfTrailingZeros(n / SMALLEST);
        return vnmseBySize.get(Math.min(doublings, vnmseBySize.size() - 1));
    }
}
