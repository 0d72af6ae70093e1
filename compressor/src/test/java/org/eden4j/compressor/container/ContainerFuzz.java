package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;

/**
 * Any bytes are a container or are rejected with {@link MalformedPayloadException}, with the sum unchanged. The first
 * byte of an input determines whether the checksums of the others are repaired first.
 */
public class ContainerFuzz {
    /** Larger gradients are not decoded: that takes what the header declares, as intended. */
    private static final int LARGEST = 8192;

    @FuzzTest(maxDuration = "30s")
    public void read(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) != 0) {
            ContainerRepair.repair(bytes);
        }
        CompressedGradient container;
        try {
            container = CompressedGradient.of(bytes);
        } catch (MalformedPayloadException e) {
            return;
        }
        assertArrayEquals(bytes, container.toByteArray());
        long most = container.header().containerBytes();
        boolean fixed = container.header().blocks().methods().stream().allMatch(Method::hasFixedLength);
        assertEquals(bytes.length, fixed ? most : Math.min(most, bytes.length));
        if (container.header().dimension() <= LARGEST) {
            decode(container);
        }
    }

    private static void decode(CompressedGradient container) {
        int dimension = container.header().dimension();
        float[] start = new float[dimension];
        Arrays.fill(start, 0.25f);
        float[] sum = start.clone();
        float[] decoded;
        try {
            container.accumulate(1, sum);
            decoded = container.decode();
        } catch (MalformedPayloadException e) {
            assertArrayEquals(start, sum);
            return;
        }
        for (int i = 0; i < dimension; i++) {
            assertEquals(0.25f + decoded[i], sum[i]);
            assertEquals(Float.floatToIntBits(decoded[i]) & 0x7fffffff,
                    Float.floatToIntBits(Math.min(Math.abs(decoded[i]), Float.MAX_VALUE)), "finite");
        }
    }
}
