package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.eden.HadamardRounds;
import org.eden4j.compressor.eden.RotationKind;
import org.eden4j.compressor.eden.ScaleRule;
import org.eden4j.compressor.eden.TurboQuantProd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * vNMSE for new normal inputs with new seeds, against the reference table with the rotation HDHD, that is, two rounds.
 *
 * <p>By chance: 4e-6, in 94 comparisons.
 */
class ErrorTest {
    private static final long SEED = 20;
    private static final double STANDARD_ERRORS = 5.5;
    private static final Map<ScaleRule, String> NAMES = new EnumMap<>(Map.of(ScaleRule.UNBIASED, "unbiased",
            ScaleRule.BIASED, "biased", ScaleRule.MATCHED_NORM, "matched", ScaleRule.UNIT, "S1"));
    private static final List<ReferenceTable.Row> TABLE = ReferenceTable.read("/reference/vnmse.csv");

    static Stream<Arguments> bitsAndSizes() {
        return Stream.of(1, 2, 3, 4, 6, 8)
            .flatMap(bits -> Stream.of(Arguments.of(bits, 128, 20_000), Arguments.of(bits, 1024, 4_000)));
    }

    @ParameterizedTest
    @MethodSource("bitsAndSizes")
    void shouldHaveTheErrorOfTheReferenceTable(int bits, int size, int trials) {
        for (ScaleRule rule : ScaleRule.values()) {
            RunningMean vnmse = vnmse(new Eden(bits, rule, HadamardRounds.TWO), size, trials);
            ReferenceTable.Row expected = row(size, bits, NAMES.get(rule));
            double standardError = Math.hypot(vnmse.standardError(), expected.number("stderr"));
            // The table does not include the shift of the rotated coordinates, and neither does one round.
            double shifted = new Eden(bits, rule, HadamardRounds.TWO).expectedError(size).orElseThrow()
                    / new Eden(bits, rule, HadamardRounds.ONE).expectedError(size).orElseThrow();
            String report = Measurement.print("vNMSE %s d=%d bits=%d trials=%d seed=%d: %.6g +- %.2g, table %.6g", rule,
                    size, bits, trials, SEED,
                    vnmse.mean(), vnmse.standardError(), expected.number("vnmse"));
            assertTrue(vnmse.standardError() < .01 * vnmse.mean(), "not accurate enough: " + report);
            assertEquals(expected.number("vnmse") * shifted, vnmse.mean(), STANDARD_ERRORS * standardError, report);
        }
    }

    @Test
    void shouldTellAnotherScaleRuleApart() {
        RunningMean biased = vnmse(new Eden(1, ScaleRule.BIASED, HadamardRounds.TWO), 1024, 1000);
        ReferenceTable.Row unbiased = row(1024, 1, "unbiased");
        double standardError = Math.hypot(biased.standardError(), unbiased.number("stderr"));
        assertTrue(Math.abs(unbiased.number("vnmse") - biased.mean()) > STANDARD_ERRORS * standardError);
    }

    @Test
    void shouldComeNearTheClosedFormThatItsMethodStates() {
        for (String text : List.of("eden:bits=2", "drive", "turboquant-mse:bits=2", "matched-norm:bits=2",
                "eden:bits=2,scale=biased")) {
            Method method = Method.parse(text);
            RunningMean vnmse = vnmse(method, 4096, 400);
            double expected = method.vnmse().orElseThrow();
            assertEquals(expected, vnmse.mean(), .003 * expected + STANDARD_ERRORS * vnmse.standardError(), text);
        }
    }

    /** TurboQuant-prod at the table's bits, for both matrices and rotations; 1 bit is a closed form. */
    @Tag("thorough")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void shouldHaveTheErrorOfTheReferenceTableForTurboQuantProd(int bits) {
        for (TurboQuantProd.Qjl qjl : TurboQuantProd.Qjl.values()) {
            for (RotationKind rotation : RotationKind.values()) {
                String name = qjl == TurboQuantProd.Qjl.GAUSSIAN ? "prod_gaussQJL" : "prod_orthQJL";
                boolean haar = rotation == RotationKind.HAAR;
                compare(new TurboQuantProd(bits, qjl, HadamardRounds.TWO, rotation), 128, 1_000,
                        row(128, bits, name, haar ? "haar" : "HDHD"));
            }
        }
    }

    @Tag("thorough")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 8})
    void shouldHaveTheErrorOfTheReferenceTableWithTheHaarRotation(int bits) {
        for (ScaleRule rule : ScaleRule.values()) {
            compare(new Eden(bits, rule, HadamardRounds.DEFAULT, RotationKind.HAAR), 128, 2_000,
                    row(128, bits, NAMES.get(rule), "haar"));
        }
    }

    @Tag("thorough")
    @Test
    void shouldHaveTheErrorOfTheReferenceTableWithALargerHaarRotation() {
        compare(Method.parse("eden:bits=2,rotation=haar"), 1024, 400, row(1024, 2, "unbiased", "haar"));
    }

    private static void compare(Method method, int size, int trials, ReferenceTable.Row expected) {
        RunningMean vnmse = vnmse(method, size, trials);
        double standardError = Math.hypot(vnmse.standardError(), expected.number("stderr"));
        String report = Measurement.print("vNMSE %s d=%d trials=%d seed=%d: %.6g +- %.2g, table %.6g", method, size,
                trials, SEED, vnmse.mean(), vnmse.standardError(), expected.number("vnmse"));
        assertTrue(vnmse.standardError() < .02 * vnmse.mean(), "not accurate enough: " + report);
        assertEquals(expected.number("vnmse"), vnmse.mean(), STANDARD_ERRORS * standardError, report);
    }

    private static RunningMean vnmse(Method method, int size, int trials) {
        BlockPipe pipe = new BlockPipe(method, size);
        RunningMean vnmse = new RunningMean();
        for (int trial = 0; trial < trials; trial++) {
            float[] x = TestVectors.normal(SEED << 32 | trial, size);
            vnmse.add(TestVectors.relativeError(x, pipe.send(x, BlockSeed.of(SEED, trial, 0, 0))));
        }
        return vnmse;
    }

    private static ReferenceTable.Row row(int size, int bits, String method) {
        return row(size, bits, method, "HDHD");
    }

    /** In the table the rotation haar has an input of the same name, since it makes all inputs alike. */
    private static ReferenceTable.Row row(int size, int bits, String method, String rotation) {
        String input = rotation.equals("haar") ? "haar" : "normal";
        return TABLE.stream()
            .filter(row -> row.integer("dimension") == size && row.integer("bits") == bits
                    && row.text("input").equals(input) && row.text("rotation").equals(rotation)
                    && row.text("method").equals(method))
            .findFirst()
            .orElseThrow();
    }
}
