package org.eden4j.compressor.coding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.RansTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures the table of steps and errors again. By chance: 1e-6, in 26 comparisons at six standard errors and others at
 * more.
 */
class EntropyRatesTest {
    private static final MathContext DIGITS = new MathContext(40);
    private static final int BLOCKS = 400;
    private static final List<Trellis> TRELLISES = List.of(Trellis.EIGHT, Trellis.THIRTY_TWO);

    /** Between the nodes of the table as well as at them. */
    @ParameterizedTest
    @ValueSource(doubles = {.1, .17, .25, .33, .5, .51, .77, 1, 1.55, 2, 3.19, 4.3, 7.99})
    void shouldSpendItsBitsOnNormalCoordinates(double bits) {
        for (Trellis trellis : TRELLISES) {
            EntropyRates rates = EntropyRates.of(bits, trellis);
            int n = EntropyRates.block(bits);
            EntropyRatesTable.Blocks.Measured measured = EntropyRatesTable.Blocks.measure(rates.code(), n, BLOCKS, 9);
            int blocks = BLOCKS * EntropyRates.BLOCK / n;
            double standardError = measured.deviation() / Math.sqrt(blocks);
            Measurement.print("%d states, %.4g bits: %.5g +- %.1g, vNMSE %.5g, table %.5g", trellis.states(), bits,
                    measured.bits(), standardError, measured.vnmse(), rates.vnmse());
            assertEquals(bits, measured.bits(), 6 * standardError + .002 * bits);
            assertEquals(rates.vnmse(), measured.vnmse(), .015 * rates.vnmse());
            assertEquals(rates.square(), measured.square(), .015 * rates.square());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {.35, .7, 1, 2, 4})
    void shouldKnowTheBitsAndTheErrorOfShortBlocks(double bits) {
        for (Trellis trellis : TRELLISES) {
            EntropyRates rates = EntropyRates.of(bits, trellis);
            for (int n = 256; n <= 65_536; n *= 4) {
                if (EntropyRates.isCoded(bits, n)) {
                    EntropyRatesTable.Blocks.Measured measured = EntropyRatesTable.Blocks.measure(rates.code(), n, 200,
                            5);
                    String what = trellis.states() + " states, " + bits + " bits, " + n;
                    assertEquals(rates.vnmse(n), measured.vnmse(), .025 * rates.vnmse(n), what);
                    assertEquals(EntropyRates.blockBits(bits, n) / n, measured.bits(), (25.0 + .008 * bits * n) / n,
                            what);
                }
            }
        }
    }

    /** A segment begins where bits do not increase. */
    @Test
    void shouldHaveLessErrorAtMoreBitsWithinASegment() {
        EntropyRates.Row last = EntropyRates.rows().getFirst();
        for (EntropyRates.Row row : EntropyRates.rows()) {
            boolean same = row.bits() > last.bits() && row.block() == last.block();
            assertTrue(!same || row.vnmse() < last.vnmse(), row.toString());
            last = row;
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {.5, 1, 2, 3, 4, 6})
    void shouldHaveLessErrorWithMoreStates(double bits) {
        double gain = EntropyRates.of(bits, Trellis.THIRTY_TWO).vnmse() / EntropyRates.of(bits, Trellis.EIGHT).vnmse();
        assertTrue(gain < .99, bits + " bits: " + gain);
    }

    @ParameterizedTest
    @ValueSource(doubles = {.0999, 8.001, Double.NaN, -1})
    void shouldRefuseBitsThatItHasNoStepFor(double bits) {
        assertThrows(IllegalArgumentException.class, () -> EntropyRates.of(bits, Trellis.EIGHT));
    }

    /** Computes exp by its Taylor series in decimals: no frequency may depend on the rounding of a library. */
    @ParameterizedTest
    @ValueSource(doubles = {.3, 1, 2, 2.72, 3.3, 4})
    void shouldHaveTheFrequenciesOfAnIndependentCalculation(double bits) {
        TRELLISES.forEach(trellis -> assertFrequencies(bits, EntropyRates.of(bits, trellis).code()));
    }

    private static void assertFrequencies(double bits, EntropyCode code) {
        BigDecimal step = new BigDecimal(code.step());
        BigDecimal variance = new BigDecimal(Math.min(1.85, 1 + .26 * code.step() * code.step()));
        for (int parity = 0; parity < 2; parity++) {
            BigDecimal total = BigDecimal.ZERO;
            for (int k = -code.largest(); k <= code.largest(); k++) {
                total = total.add((k & 1) == parity ? weight(k, step, variance) : BigDecimal.ZERO);
            }
            int rest = RansTable.TOTAL;
            for (int k = -code.largest(); k <= code.largest(); k++) {
                if ((k & 1) == parity) {
                    rest -= frequency(k, step, variance, total);
                }
            }
            for (int k = -code.largest(); k <= code.largest(); k++) {
                if ((k & 1) == parity) {
                    // The remainder of the total goes to 0, or to -1, the first of the two most likely.
                    int expected = frequency(k, step, variance, total) + (k == -parity ? rest : 0);
                    assertEquals(expected, code.table().frequency(k), bits + " bits, symbol " + k);
                }
            }
        }
    }

    private static int frequency(int k, BigDecimal step, BigDecimal variance, BigDecimal total) {
        BigDecimal share = weight(k, step, variance).multiply(BigDecimal.valueOf(RansTable.TOTAL));
        return Math.max(1, share.divide(total, DIGITS).setScale(0, RoundingMode.HALF_EVEN).intValueExact());
    }

    /** Returns exp(-x) = 1 / (1 + x + x^2 / 2 + ...). */
    private static BigDecimal weight(int k, BigDecimal step, BigDecimal variance) {
        BigDecimal value = step.multiply(BigDecimal.valueOf(k));
        BigDecimal x = value.multiply(value).divide(variance.add(variance), DIGITS);
        BigDecimal sum = BigDecimal.ONE;
        BigDecimal term = BigDecimal.ONE;
        for (int i = 1; i < 200; i++) {
            term = term.multiply(x).divide(BigDecimal.valueOf(i), DIGITS);
            sum = sum.add(term, DIGITS);
        }
        return BigDecimal.ONE.divide(sum, DIGITS);
    }
}
