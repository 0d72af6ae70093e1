package org.eden4j.compressor.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;

class TopKTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("topk:fraction=0.01", "topk:fraction=0.1", "topk:fraction=0.75", "topk:fraction=1")
            .map(Method::parse);
    }

    /** Exactly the largest ones, of equal magnitudes the first, and nothing else. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        int members = Math.max(1, (int) (((TopK) method).fraction() * x.length));
        float[] expected = new float[x.length];
        IntStream.range(0, x.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -Math.abs((double) x[i])))
            .limit(members)
            .forEach(i -> expected[i] = x[i]);
        assertArrayEquals(expected, estimate, what);
    }

    @Test
    void shouldRefuseIndicesThatDoNotRise() {
        float[] x = {0, 0, 0, 5, 0, 0, 7, 0};
        BlockCodec codec = BlockCodec.of(new TopK(.25));
        byte[] good = encode(codec, x, SEED);
        // 3 bits of index, 32 bits of value, twice: index 6 becomes 2
        byte[] falling = good.clone();
        falling[4] ^= (byte) (4 << 3);
        float[] sum = new float[x.length];
        MalformedPayloadException refused = assertThrows(MalformedPayloadException.class,
                () -> accumulate(codec, falling, x.length, 1, sum));
        assertTrue(refused.getMessage().contains("coordinate 2") && refused.getMessage().contains("from 4 to 7"),
                refused.getMessage());
        accumulate(codec, good, x.length, 1, sum);
        assertEquals(Arrays.toString(x), Arrays.toString(sum));
    }
}
