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
 * The trained points of a {@link TrellisCodebook} for normal coordinates and the error that they have: the resource {@value #RESOURCE},
 * made by {@code TrellisPointsTable} among the tests.
 *
 * <pre>
 * column       meaning
 * states       of the trellis, 8 or 64
 * bits         per coordinate
 * vnmse        1 / cos^2 - 1 of the angle between a block of 4,096 coordinates and its points: the error of the unbiased estimate
 * square       mean square of the points that were chosen
 * edge         a block of n coordinates has 1 + edge (1 / n - 1 / 4096) times that error: lanes begin in one state
 * points       2^bits of them, the upper half in ascending order; the lower half mirrors it
 * </pre>
 *
 * @param vnmse see above
 * @param square see above
 * @param edge see above
 * @param codebook the points
 */
public record TrellisPoints(double vnmse, double square, double edge, TrellisCodebook codebook) {
    private static final String RESOURCE = "trellis-points.csv";
    private static final int BLOCK = EntropyRates.BLOCK;
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
        double[] fields = Arrays.stream(line.split("[, ]", -1)).mapToDouble(Double::parseDouble).toArray();
        Trellis trellis = fields[0] == 8 ? Trellis.EIGHT : Trellis.SIXTY_FOUR;
        int bits = (int) fields[1];
        int half = 1 << bits;
        float[] points = new float[2 * half];
        for (int j = 0; j < half; j++) {
            points[half + j] = (float) fields[5 + j];
            points[half - 1 - j] = -points[half + j];
        }
        return new TrellisPoints(fields[2], fields[3], fields[4], new TrellisCodebook(trellis, bits, points));
    }

    /** The points for 8 or 64 states and 1 to {@value TrellisCodebook#MOST_BITS} bits. */
    public static TrellisPoints of(Trellis trellis, int bits) {
        return ROWS.stream()
            .filter(row -> row.codebook.trellis() == trellis && row.codebook.bits() == bits)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no points for " + trellis.states() + " states and " + bits
                    + " bits"));
    }

    /** The unbiased vNMSE of a block of n normal coordinates. */
    public double vnmse(int n) {
        return vnmse * (1 + edge * (1.0 / n - 1.0 / BLOCK));
    }
}
