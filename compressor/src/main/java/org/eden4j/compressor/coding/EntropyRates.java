package org.eden4j.compressor.coding;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * The step at which an entropy-coded block of normal coordinates has a given number of bits, and its error.
 * Interpolated from the resource {@value #RESOURCE}, which {@code EntropyRatesTable} among the tests measures.
 *
 * <pre>
 * column       meaning
 * bits         wire bits per coordinate, everything included
 * block        coordinates of the block with that number of bits
 * states       8 or 32 states of the trellis of the levels, 0 for three levels
 * step         step of the lattice, or threshold of the three levels
 * vnmse        1 / cos^2 - 1 of the angle between a block and its levels: the error of the unbiased estimate
 * square       mean square of the levels, relative to the variance of the coordinates
 * edge         a block of n coordinates has 1 + edge (1 / n - 1 / block) times that error, because lanes start in a fixed state
 * </pre>
 *
 * <p>Rows of one block size and trellis form a segment. Within a segment the logarithms of step, error and square are
 * interpolated linearly in the bits.
 *
 * @param bits wire bits per coordinate
 * @param trellis trellis of the levels
 * @param step see above
 * @param vnmse see above
 * @param square see above
 * @param edge see above
 */
public record EntropyRates(double bits, Trellis trellis, double step, double vnmse, double square, double edge) {
    /** Fewest bits per coordinate. */
    public static final double FEWEST_BITS = .1;
    /** Most bits per coordinate. */
    public static final double MOST_BITS = 8;
    /** From this number of bits on, the trellis has a smaller error than three levels. */
    public static final double TRELLIS_FROM = .25;
    /**
     * Up to this number of bits the rate is that of a block of {@link #LARGE_BLOCK} coordinates, above it of
     * {@link #BLOCK}.
     */
    public static final double LARGE_BLOCK_UP_TO = .5;
    public static final int LARGE_BLOCK = 1 << 14;
    public static final int BLOCK = 1 << 12;

    /**
     * Bits per block in addition to those of the symbols, including the scale: 105 to 125 over all rates and lengths.
     */
    private static final double OVERHEAD_BITS = 118;
    private static final String RESOURCE = "entropy-rates.csv";
    private static final List<Row> ROWS = read();

    /** One row of the table. */
    record Row(double bits, int block, Trellis trellis, double step, double vnmse, double square, double edge) {
        static Row of(String line) {
            String[] fields = line.split(",", -1);
            return new Row(Double.parseDouble(fields[0]), Integer.parseInt(fields[1]), trellis(fields[2]),
                    Double.parseDouble(fields[3]), Double.parseDouble(fields[4]), Double.parseDouble(fields[5]),
                    Double.parseDouble(fields[6]));
        }

        private static Trellis trellis(String states) {
            return switch (states) {
                case "8" -> Trellis.EIGHT;
                case "32" -> Trellis.THIRTY_TWO;
                default -> Trellis.NONE;
            };
        }

        /** Returns whether this row was measured for this rate, in the rate's block size and with this trellis. */
        boolean holds(double bits, Trellis chosen) {
            return trellis == (bits >= TRELLIS_FROM ? chosen : Trellis.NONE) && block == EntropyRates.block(bits);
        }
    }

    private static List<Row> read() {
        try (InputStream in = EntropyRates.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its resource " + RESOURCE);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().skip(1).map(Row::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Row> rows() {
        return ROWS;
    }

    /** Returns the number of coordinates of the block for which a rate is defined. */
    public static int block(double bits) {
        return bits <= LARGE_BLOCK_UP_TO ? LARGE_BLOCK : BLOCK;
    }

    /**
     * Returns the row for a number of bits, interpolated.
     *
     * @param bits wire bits per coordinate, from {@value #FEWEST_BITS} to {@value #MOST_BITS}
     * @param trellis trellis of 8 or 32 states
     */
    public static EntropyRates of(double bits, Trellis trellis) {
        Row low = null;
        for (Row row : ROWS) {
            if (!row.holds(bits, trellis)) {
                continue;
            }
            if (row.bits() == bits) {
                return of(bits, row, row, 0);
            }
            if (row.bits() > bits && low != null) {
                return of(bits, low, row, (bits - low.bits()) / (row.bits() - low.bits()));
            }
            if (row.bits() < bits) {
                low = row;
            }
        }
        throw new IllegalArgumentException("bits must be from " + FEWEST_BITS + " to " + MOST_BITS + ", got " + bits);
    }

    private static EntropyRates of(double bits, Row low, Row high, double share) {
        return new EntropyRates(bits, low.trellis(), between(low.step(), high.step(), share),
                between(low.vnmse(), high.vnmse(), share), between(low.square(), high.square(), share),
                (1 - share) * low.edge() + share * high.edge());
    }

    private static double between(double low, double high, double share) {
        return StrictMath.exp((1 - share) * StrictMath.log(low) + share * StrictMath.log(high));
    }

    /** Returns the levels and tables of this row. */
    public EntropyCode code() {
        return EntropyCode.of(bits, trellis, step);
    }

    /** Returns the unbiased vNMSE of a block of n normal coordinates. */
    public double vnmse(int n) {
        return vnmse * (1 + edge * (1.0 / n - 1.0 / block(bits)));
    }

    /** Returns the mean number of bits of a block of n normal coordinates, everything included. */
    public static double blockBits(double bits, int n) {
        return n * bits + OVERHEAD_BITS * (1 - (double) n / block(bits));
    }

    /**
     * Returns whether a block of n coordinates is entropy-coded. The states of the lanes take such a share of smaller
     * blocks, and lanes that start in a fixed state have such an error, that plain EDEN has a smaller error for the same
     * bytes. Measured with both trellises: at the limits the error is .98 and .993 of plain EDEN's (256 coordinates, 8
     * and 32 states), .97 (512), .94 and .93 (1,024), .88 (2,048) and .84 (4,096). Below them it is larger, except by
     * a percent at 1.3 to 1.5 bits in blocks of 256 and below .3 bits in larger ones.
     */
    public static boolean isCoded(double bits, int n) {
        int smallest = bits >= 1.8 ? 256 : bits >= .925 ? 512 : bits >= .3 ? 1024 : bits >= .2 ? 2048 : 4096;
        return n >= smallest;
    }

    /**
     * Returns the number of bytes above the mean that a block may take: at least six standard deviations for normal
     * coordinates. A block that needs more is sent by plain EDEN.
     */
    public static int slackBytes(double bits, int n) {
        return 4 + (int) Math.ceil((bits < .8 ? 1.25 : .5) * Math.sqrt(n));
    }
}
