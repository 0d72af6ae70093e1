package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.SplittableRandom;
import org.eden4j.compressor.container.ContainerFuzz;
import org.junit.jupiter.api.Test;

/**
 * Runs the fuzz targets on random instead of coverage-guided inputs, but with the vector kernels, and on their
 * committed inputs.
 */
class FuzzSeedsTest {
    private static final int VARIANTS = 200;

    @Test
    void shouldHaveCommittedWhatEncodersMake() throws IOException {
        Map<String, byte[]> files = FuzzSeeds.files();
        for (String path : files.keySet()) {
            try (InputStream in = FuzzSeedsTest.class.getResourceAsStream(path)) {
                assertNotNull(in, path + " is missing: regenerate the inputs, see FuzzSeeds");
                assertArrayEquals(files.get(path), in.readAllBytes(), path);
            }
        }
    }

    @Test
    void shouldWithstandChangedPayloadsInVectorKernels() {
        PayloadFuzz target = new PayloadFuzz();
        vary("PayloadFuzz", target::accumulate);
    }

    @Test
    void shouldWithstandChangedContainersInVectorKernels() {
        ContainerFuzz target = new ContainerFuzz();
        vary("ContainerFuzz", target::read);
    }

    @Test
    void shouldWithstandChangedPayloadsOfCodingsInVectorKernels() {
        CodingFuzz target = new CodingFuzz();
        vary("CodingFuzz", target::decode);
    }

    /** The action of a fuzz target on an input. */
    private interface Target {
        void take(byte[] input);
    }

    private static void vary(String name, Target target) {
        Collection<byte[]> seeds = FuzzSeeds.files()
            .entrySet()
            .stream()
            .filter(file -> file.getKey().startsWith(name))
            .map(Map.Entry::getValue)
            .toList();
        SplittableRandom random = new SplittableRandom(20261122);
        for (byte[] seed : seeds) {
            target.take(seed);
            for (int variant = 0; variant < VARIANTS; variant++) {
                byte[] input = seed.clone();
                for (int change = random.nextInt(1, 5); change > 0; change--) {
                    input[random.nextInt(input.length)] = (byte) random.nextInt();
                }
                target.take(input);
            }
        }
    }
}
