package org.eden4j.compressor.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.eden4j.compressor.TestVectors;

class BitStreamProperties {
    private static final String SEED = "20261122";
    private static final byte GUARD = 0x5A;

    /** Numbers of any widths are recovered, and the stream occupies exactly its bytes. */
    @Property(seed = SEED)
    void shouldReadWhatWasWritten(
            @ForAll @IntRange(max = 200) int count, @ForAll @IntRange(max = 9) int offset, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] widths = random.ints(count, 1, 33).toArray();
        int[] values = new int[count];
        long totalBits = 0;
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt() >>> 32 - widths[i];
            totalBits += widths[i];
        }
        int bytes = BitStream.bytes(totalBits);
        assertEquals((totalBits + 7) / 8, bytes);
        MemorySegment memory = MemorySegment.ofArray(new byte[offset + bytes + 8]).fill(GUARD);
        BitStream stream = new BitStream().reset(memory, offset);
        for (int i = 0; i < count; i++) {
            stream.write(values[i], widths[i]);
        }
        stream.flush();
        byte[] after = TestVectors.bytes(memory);
        for (int i = 0; i < after.length; i++) {
            if (i < offset || i >= offset + bytes) {
                assertEquals(GUARD, after[i], "byte " + i);
            }
        }
        for (MemorySegment read : List.of(memory, memory.asSlice(0, offset + bytes))) {
            stream.reset(read, offset);
            for (int i = 0; i < count; i++) {
                assertEquals(values[i], stream.read(widths[i]), "number " + i + " of " + widths[i] + " bits");
            }
        }
    }
}
