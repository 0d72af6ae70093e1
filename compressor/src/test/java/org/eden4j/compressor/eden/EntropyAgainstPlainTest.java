package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.RunningMean;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.coding.EntropyRates;
import org.eden4j.compressor.kernel.Codebook;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No block of normal coordinates has a larger error with entropy coding than with plain EDEN at the same number of bits
 * on the wire, scale included: blocks that would are sent as plain EDEN.
 *
 * <p>By chance: 2e-6. A case fails five standard errors above plain EDEN; in about six the expected errors are within
 * two standard errors of each other. The errors of blocks sent as plain EDEN are nearly the same.
 */
class EntropyAgainstPlainTest {
    private static final long SEED = 0xe9;
    private static final double[] BITS = {.1, .15, .199, .2, .25, .299, .3, .4, .5, .6, .75, .8, .85, .9, .924, .925,
            .95, 1, 1.25, 1.4, 1.5, 1.65, 1.75, 1.799, 1.8, 1.9, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8};
    private static final int COORDINATES = 1 << 17;
    private static final double STANDARD_ERRORS = 5;
    private static final int SCALE_BITS = Float.SIZE;

    private final float[] normal = TestVectors.normal(SEED, COORDINATES);

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384})
    void shouldNotBeWorseThanPlainAtTheSameBits(int length) {
        List<String> failures = new ArrayList<>();
        double worst = 0;
        int coded = 0;
        for (double bits : BITS) {
            for (int states : new int[]{8, 32}) {
                Method method = Method.parse("eden:bits=" + bits + ",coding=entropy,states=" + states);
                RunningMean bytes = new RunningMean();
                RunningMean entropy = errors(method, length, bytes);
                double wireBits = 8 * bytes.mean() / length;
                double plainBits = bits;
                if (EntropyRates.isCoded(bits, length)) {
                    plainBits = wireBits - (double) SCALE_BITS / length;
                    coded++;
                } else {
                    assertEquals(Eden.unbiased(bits).maxPayloadBytes(length), bytes.mean(), method.toString());
                }
                // Beyond the finest codebook plain EDEN is taken to gain 6 dB per bit.
                double beyond = Math.max(0, plainBits - Codebook.MAX_BITS);
                RunningMean plain = errors(Eden.unbiased(plainBits - beyond), length, new RunningMean());
                double plainError = plain.mean() * Math.pow(4, -beyond);
                double standardError = Math.hypot(entropy.standardError(), plain.standardError());
                worst = Math.max(worst, entropy.mean() / plainError);
                if (entropy.mean() > plainError + STANDARD_ERRORS * standardError) {
                    failures
                        .add(Measurement.print("%s, blocks of %d, seed %d: %.4f bits, vNMSE %.5g, plain %.5g +- %.1g",
                                method, length, SEED, wireBits, entropy.mean(), plainError, standardError));
                }
            }
        }
        Measurement.print("blocks of %d, seed %d: %d methods coded, largest error %.4f of plain EDEN's", length, SEED,
                coded, worst);
        assertTrue(failures.isEmpty(), String.join("\n", failures));
    }

    private RunningMean errors(Method method, int length, RunningMean bytes) {
        RunningMean errors = new RunningMean();
        BlockPipe pipe = new BlockPipe(method, length);
        for (int block = 0; block < COORDINATES / length; block++) {
            float[] x = block(block, length);
            BlockSeed seed = BlockSeed.of(SEED, block, 0, 0);
            bytes.add(pipe.encode(x, seed).byteSize());
            errors.add(TestVectors.relativeError(x, pipe.decode(seed)));
        }
        return errors;
    }

    private float[] block(int block, int length) {
        return Arrays.copyOfRange(normal, block * length, (block + 1) * length);
    }
}
