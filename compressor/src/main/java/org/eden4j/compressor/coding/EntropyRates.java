package org.eden4j.compressor.coding;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * Which step an entropy-coded block of normal coordinates takes so that it has a given number of bits, and which error it then has:
 * the resource {@value #RESOURCE}, measured by {@code EntropyRatesTable} among the tests, interpolated.
 *
 * <pre>
 * column       meaning
 * bits         wire bits per coordinate, scale and all else counted
 * block        coordinates of the block that has so many
 * states       8 or 32 of the trellis that levels follow, 0 for three levels
 * step         step of the lattice, or threshold of the three levels
 * vnmse        1 / cos^2 - 1 of the angle between a block and its levels: the error of the unbiased estimate
 * square       mean square of the levels, in the unit of the coordinates' variance
 * edge         a block of n coordinates has 1 + edge (1 / n - 1 / block) times that error: lanes begin in one state
 * </pre>
 *
 * <p>Rows of one block and kind make up a segment. Within it logarithms of step, error and square are interpolated linearly in
 * the bits.
 *
 * @param bits wire bits per coordinate
 * @param trellis which levels may follow
 * @param step see above
 * @param vnmse see above
 * @param square see above
 * @param edge see above
 */
public record EntropyRates(double bits, Trellis trellis, double step, double vnmse, double square, double edge) {
    /** The fewest bits per coordinate. */
    public static final double FEWEST_BITS = .1;
    /** The most bits per coordinate. */
    public static final double MOST_BITS = 8;
    /** From so many bits on the trellis has less error than three levels. */
    public static final double TRELLIS_FROM = .25;
    /** Up to so many bits they are those of a block of {@link #LARGE_BLOCK} coordinates, above of {@link #BLOCK}. */
    public static final double LARGE_BLOCK_UP_TO = .5;
    public static final int LARGE_BLOCK = 1 << 14;
    public static final int BLOCK = 1 << 12;

    /** What a block has above the bits of its symbols, scale included: from 105 to 125 over all bits and lengths. */
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

        /** Whether this row was measured for such a rate, in its block and with this trellis. */
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

    /** Coordinates of the block that a number of bits is meant for. */
    public static int block(double bits) {
        return bits <= LARGE_BLOCK_UP_TO ? LARGE_BLOCK : BLOCK;
    }

    /**
     * The row for a number of bits, interpolated.
     *
     * @param bits wire bits per coordinate, from {@value #FEWEST_BITS} to {@value #MOST_BITS}
     * @param trellis of 8 or 32 states
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

    /** Levels and tables of this row. */
    public EntropyCode code() {
        return EntropyCode.of(bits, trellis, step);
    }

    /** The unbiased vNMSE of a block of n normal coordinates. */
    public double vnmse(int n) {
        return vnmse * (1 + edge * (1.0 / n - 1.0 / block(bits)));
    }

    /** Bits of a block of n normal coordinates on average, scale and all else counted. */
    public static double blockBits(double bits, int n) {
        return n * bits + OVERHEAD_BITS * (1 - (double) n / block(bits));
    }

    /**
     * Whether a block of n coordinates is coded: smaller ones spend so much on the states of lanes that plain EDEN has less error
     * for the same bytes. Measured, from 256 to 4,096 coordinates.
     */
    public static boolean isCoded(double bits, int n) {
        int smallest = bits >= 1.5 ? 256 : bits >= .8 ? 512 : bits >= .3 ? 1024 : bits >= .2 ? 2048 : 4096;
        return n >= smallest;
    }

    /**
     * Bytes above the mean that a block may take: six standard deviations of normal coordinates and more. What needs more is
     * sent by plain EDEN.
     */
    public static int slackBytes(double bits, int n) {
        return 4 + (int) Math.ceil((bits < .8 ? 1.25 : .5) * Math.sqrt(n));
    }
}
