package org.eden4j.compressor.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.eden4j.compressor.MalformedPayloadException;

class TritsProperties {
    private static final String SEED = "20261122";

    @Property(seed = SEED)
    void shouldReadTheSignsThatWereAdded(
            @ForAll @IntRange(min = 1, max = 300) int count, @ForAll @IntRange(max = 9) int offset, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] signs = random.ints(count, -1, 2).toArray();
        MemorySegment payload = MemorySegment.ofArray(new byte[offset + Trits.bytes(count)]);
        for (int i = 0; i < count; i++) {
            Trits.add(payload, offset, i, signs[i]);
        }
        float[] x = new float[count];
        Trits.read(payload, offset, count, 2.5f, MemorySegment.ofArray(x));
        for (int i = 0; i < count; i++) {
            assertEquals(2.5f * signs[i], x[i], "sign " + i);
        }
    }

    @Property(seed = SEED)
    void shouldRefuseBytesThatAreNoFiveDigits(
            @ForAll @IntRange(min = 243, max = 255) int value, @ForAll @IntRange(max = 9) int at) {
        MemorySegment payload = MemorySegment.ofArray(new byte[10]);
        payload.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) value);
        String message = assertThrows(MalformedPayloadException.class,
                () -> Trits.read(payload, 0, 50, 1, MemorySegment.ofArray(new float[50])))
            .getMessage();
        assertTrue(message.contains("byte " + at + " of the signs is " + value), message);
    }
}
