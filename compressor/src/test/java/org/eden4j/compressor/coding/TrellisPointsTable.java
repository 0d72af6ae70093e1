package org.eden4j.compressor.coding;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.TrellisCodebook;

/**
 * Trains the points of {@link TrellisPoints} by Lloyd's iteration: each point becomes the mean of the normal
 * coordinates quantized to it or, mirrored, to its opposite, until the error no longer decreases. It starts from the
 * Lloyd-Max codebook with one more bit. Error and mean square are then measured with other blocks. From the
 * compressor's directory after {@code mvn test-compile}; takes less than two minutes:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.coding.TrellisPointsTable \
 *     src/main/resources/org/eden4j/compressor/coding/trellis-points.csv
 * </pre>
 *
 * <p>Payloads decode to other values with other points, so they must not be trained again without need.
 */
public final class TrellisPointsTable {
    static final String HEADER = "states,bits,vnmse,square,points";
    private static final int ITERATIONS = 100;
    private static final int TRAINED = 256;
    private static final int MEASURED = 4096;

    private TrellisPointsTable() {}

    /** Writes the table to the file named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (Trellis trellis : List.of(Trellis.EIGHT, Trellis.SIXTY_FOUR)) {
            for (int bits = 1; bits <= TrellisCodebook.MOST_BITS; bits++) {
                lines.add(line(trellis, bits, train(trellis, bits)));
            }
        }
        Files.write(Path.of(arguments[0]), lines);
    }

    private static String line(Trellis trellis, int bits, double[] upper) {
        TrellisCodebook codebook = codebook(trellis, bits, upper);
        List<String> errors = new ArrayList<>();
        Measured measured = null;
        for (int n = TrellisPoints.SMALLEST; n <= EntropyRates.BLOCK; n *= 2) {
            measured = Measured.of(codebook, n, MEASURED, 2);
            errors.add(String.format(Locale.ROOT, "%.5g", measured.vnmse()));
        }
        return String.format(Locale.ROOT, "%d,%d,%s,%.5g,%s", trellis.states(), bits, String.join(" ", errors),
                measured.square(),
                Arrays.stream(upper)
                    .mapToObj(point -> String.format(Locale.ROOT, "%.6f", point))
                    .collect(Collectors.joining(" ")));
    }

    private static TrellisCodebook codebook(Trellis trellis, int bits, double[] upper) {
        float[] points = new float[2 * upper.length];
        for (int j = 0; j < upper.length; j++) {
            points[upper.length + j] = (float) upper[j];
            points[upper.length - 1 - j] = -(float) upper[j];
        }
        return new TrellisCodebook(trellis, bits, points);
    }

    private static double[] train(Trellis trellis, int bits) {
        double[] upper = Codebook.ofBits(bits + 1).centroids();
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            Blocks blocks = new Blocks(codebook(trellis, bits, upper), EntropyRates.BLOCK, 1);
            double[] sums = new double[upper.length];
            long[] counts = new long[upper.length];
            for (int block = 0; block < TRAINED; block++) {
                blocks.next();
                for (int i = 0; i < EntropyRates.BLOCK; i++) {
                    float point = blocks.points.getAtIndex(ScalarKernels.FLOAT, i);
                    int j = nearest(upper, Math.abs(point));
                    sums[j] += Math.signum(point) * blocks.y.getAtIndex(ScalarKernels.FLOAT, i) * blocks.scale;
                    counts[j]++;
                }
            }
            for (int j = 0; j < upper.length; j++) {
                upper[j] = sums[j] / counts[j];
            }
        }
        return upper;
    }

    private static int nearest(double[] upper, double magnitude) {
        int nearest = 0;
        for (int j = 1; j < upper.length; j++) {
            nearest = Math.abs(upper[j] - magnitude) < Math.abs(upper[nearest] - magnitude) ? j : nearest;
        }
        return nearest;
    }

    /** Blocks of normal coordinates and their points. */
    private static final class Blocks {
        final Kernels kernels = KernelProvider.kernels();
        final CodingKernels coding = kernels.coding();
        final TrellisCodebook codebook;
        final int n;
        final MemorySegment y;
        final MemorySegment points;
        final MemorySegment indices;
        final SplittableRandom random;
        double norm;
        float scale;

        Blocks(TrellisCodebook codebook, int n, long seed) {
            this.codebook = codebook;
            this.n = n;
            y = Arena.ofAuto().allocate(4L * n, 64);
            points = Arena.ofAuto().allocate(4L * n, 64);
            indices = Arena.ofAuto().allocate(4L * n, 64);
            random = new SplittableRandom(seed);
        }

        void next() {
            for (int i = 0; i < n; i++) {
                y.setAtIndex(ScalarKernels.FLOAT, i, (float) random.nextGaussian());
            }
            norm = kernels.dot(y, y, n);
            scale = (float) Math.sqrt(n / norm);
            coding.codebookTrellis(codebook, y, n, scale, indices, points);
        }
    }

    /** Means over blocks. */
    record Measured(double vnmse, double square) {
        /** @param count number of blocks of 4,096 coordinates, more for smaller blocks */
        static Measured of(TrellisCodebook codebook, int n, int count, long seed) {
            Blocks blocks = new Blocks(codebook, n, seed);
            double distortion = 0;
            double square = 0;
            int number = count * (EntropyRates.BLOCK / n);
            for (int block = 0; block < number; block++) {
                blocks.next();
                double dot = blocks.kernels.dot(blocks.y, blocks.points, n);
                double points = blocks.kernels.dot(blocks.points, blocks.points, n);
                distortion += 1 - dot * dot / (blocks.norm * points);
                square += points / n;
            }
            distortion /= number;
            return new Measured(distortion / (1 - distortion), square / number);
        }
    }
}
