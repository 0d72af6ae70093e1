package org.eden4j.compressor.coding;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Measures the resource of {@link EntropyRates}: for each number of bits, the step at which blocks of normal
 * coordinates have this number on average, by bisection over the same {@value #FITTED} blocks of 4,096 coordinates; then
 * error and mean square over {@value #MEASURED} others, and the error of short blocks. From the compressor's directory
 * after {@code mvn test-compile}; takes less than three minutes:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.coding.EntropyRatesTable \
 *     src/main/resources/org/eden4j/compressor/coding/entropy-rates.csv
 * </pre>
 *
 * <p>Payloads depend on it, so it must not be measured again without need.
 */
public final class EntropyRatesTable {
    static final String HEADER = "bits,block,states,step,vnmse,square,edge";
    private static final int FITTED = 256;
    private static final int MEASURED = 4096;
    private static final int SCALE_BITS = 32;
    private static final double WIDEST_THRESHOLD = 3;

    private EntropyRatesTable() {}

    /** Writes the table to the file named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (int i = 0; i <= 12; i++) {
            lines.add(line(.1 + i * .0125, Trellis.NONE, EntropyRates.LARGE_BLOCK));
        }
        for (Trellis trellis : List.of(Trellis.EIGHT, Trellis.THIRTY_TWO)) {
            for (int i = 0; i <= 20; i++) {
                lines.add(line(.25 + i * .0125, trellis, EntropyRates.LARGE_BLOCK));
            }
            for (int i = 0; i < 20; i++) {
                lines.add(line(.5 + i * .025, trellis, EntropyRates.BLOCK));
            }
            for (int i = 0; i <= 56; i++) {
                lines.add(line(1 + i * .125, trellis, EntropyRates.BLOCK));
            }
        }
        Files.write(Path.of(arguments[0]), lines);
    }

    private static String line(double bits, Trellis trellis, int block) {
        boolean free = trellis == Trellis.NONE;
        double low = free ? .5 : .004;
        double high = free ? WIDEST_THRESHOLD : 2.3;
        for (int i = 0; i < 24; i++) {
            double middle = Math.sqrt(low * high);
            if (Blocks.measure(EntropyCode.of(bits, trellis, middle), block, FITTED, 1).bits() > bits) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double step = Double.parseDouble(String.format(Locale.ROOT, "%.6g", Math.sqrt(low * high)));
        Blocks.Measured measured = Blocks.measure(EntropyCode.of(bits, trellis, step), block, MEASURED, 2);
        return String.format(Locale.ROOT, "%.6g,%d,%d,%.6g,%.5g,%.5g,%.3g", bits, block,
                free ? 0 : trellis.states(), step, measured.vnmse(), measured.square(),
                free ? 0 : edge(bits, trellis, step, block, measured.vnmse()));
    }

    /** Returns the additional error of a short block, times its number of coordinates. */
    private static double edge(double bits, Trellis trellis, double step, int block, double vnmse) {
        int shortBlock = bits < .8 ? 1024 : 512;
        double measured = Blocks.measure(EntropyCode.of(bits, trellis, step), shortBlock, MEASURED, 3).vnmse();
        return (measured / vnmse - 1) / (1.0 / shortBlock - 1.0 / block);
    }

    /** Blocks of normal coordinates, encoded. */
    static final class Blocks {
        /** Blocks by seed, so that the bisections of all rows use the same. */
        private static final Map<Long, MemorySegment> NORMAL = new HashMap<>();

        private Blocks() {}

        private static MemorySegment normal(int count, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            MemorySegment normal = Arena.ofAuto().allocate(4L * count, 64);
            for (int i = 0; i < count; i++) {
                normal.setAtIndex(ScalarKernels.FLOAT, i, (float) random.nextGaussian());
            }
            return normal;
        }

        /** Means over blocks. */
        record Measured(double bits, double deviation, double vnmse, double square) {}

        /**
         * Encodes blocks and measures them.
         *
         * @param count number of blocks of 4,096 coordinates; for other sizes as many coordinates; the same for each
         *         seed
         */
        static Measured measure(EntropyCode code, int n, int count, long seed) {
            Kernels kernels = KernelProvider.kernels();
            EntropyCoder coder = new EntropyCoder(code, kernels);
            MemorySegment normal = NORMAL.computeIfAbsent(seed, _ -> normal(count * EntropyRates.BLOCK, seed));
            MemorySegment points = Arena.ofAuto().allocate(4L * n, 64);
            MemorySegment payload = Arena.ofAuto().allocate(4L * n, 64);
            int blocks = Math.max(1, count * EntropyRates.BLOCK / n);
            double bits = 0;
            double squaredBits = 0;
            double distortion = 0;
            double square = 0;
            for (int block = 0; block < blocks; block++) {
                MemorySegment y = normal.asSlice(4L * n * block, 4L * n);
                double norm = kernels.dot(y, y, n);
                coder.quantize(y, n, (float) Math.sqrt(n / norm), points);
                double dot = kernels.dot(y, points, n);
                double levels = kernels.dot(points, points, n);
                double sent = SCALE_BITS + 8.0 * coder.encode(points, n, payload, 0, 4 * n);
                bits += sent / n;
                squaredBits += sent / n * sent / n;
                distortion += 1 - dot * dot / (norm * levels);
                square += levels / n * code.unit() * code.unit();
            }
            distortion /= blocks;
            bits /= blocks;
            return new Measured(bits, Math.sqrt(Math.max(0, squaredBits / blocks - bits * bits)),
                    distortion / (1 - distortion), square / blocks);
        }
    }
}
