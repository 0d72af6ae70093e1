package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The squared bias of trellis- and entropy-coded blocks dominated by a few coordinates, measured with
 * {@link SquaredBias} for one fixed vector over new seeds: below 1e-5 of the squared norm, with three standard errors
 * of at most 2e-6, the bits where errors exceed the vector included.
 *
 * <p>By chance: 1e-6, in 90 comparisons: an unbiased vector is eight standard errors of 25 groups away.
 */
@Tag("thorough")
class CodedBiasTest {
    private static final long SEED = 48;
    private static final double LIMIT = 1e-5;
    private static final double STANDARD_ERROR = 2e-6;
    private static final int BATCH = 1000;
    private static final int MOST_TRIALS = 100_000;

    private static Map<String, float[]> inputs(int d) {
        Map<String, float[]> inputs = new LinkedHashMap<>();
        inputs.put("sparse:2,1", TestVectors.sparse(d, 2, 1));
        for (double rest : new double[]{.3, .1, .001}) {
            float[] spike = TestVectors.normal(SEED, d, rest / Math.sqrt(d));
            spike[new SplittableRandom(SEED).nextInt(d)] = 1;
            inputs.put("spike:" + rest, spike);
        }
        float[] two = TestVectors.normal(SEED, d, .001 / Math.sqrt(d));
        two[d / 3] = 1;
        two[d / 2] = .5f;
        inputs.put("two spikes", two);
        return inputs;
    }

    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=0.4,coding=entropy", "eden:bits=0.75,coding=entropy,states=32",
            "eden:bits=1,coding=entropy", "eden:bits=2,coding=entropy",
            "eden:bits=4,coding=entropy", "eden:bits=2,coding=entropy,states=32", "eden:bits=1,coding=trellis",
            "eden:bits=2,coding=trellis", "eden:bits=4,coding=trellis,states=64"})
    void shouldBeUnbiasedWhereFewCoordinatesDominate(String text) {
        List<String> failures = new ArrayList<>();
        for (int d : new int[]{1024, 4096}) {
            inputs(d).forEach((input, x) -> {
                SquaredBias bias = new SquaredBias(x);
                BlockPipe pipe = new BlockPipe(Method.parse(text), d);
                int trials = 0;
                do {
                    for (int i = 0; i < BATCH; i++) {
                        bias.add(pipe.send(x, BlockSeed.of(SEED, trials++, 0, 0)));
                    }
                } while (bias.standardError() > STANDARD_ERROR && trials < MOST_TRIALS);
                String report = Measurement.print("%s %s d=%d trials=%d seed=%d: squared bias %.2e +- %.1e", text,
                        input,
                        d, trials, SEED, bias.value(), bias.standardError());
                if (bias.value() > LIMIT + 3 * bias.standardError()) {
                    failures.add(report);
                }
            });
        }
        assertTrue(failures.isEmpty(), String.join("\n", failures));
    }
}
