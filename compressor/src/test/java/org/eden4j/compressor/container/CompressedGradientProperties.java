package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodSamples;
import org.eden4j.compressor.kernel.SplitMix;

/** Random methods, dimensions, block sizes and seeds. */
class CompressedGradientProperties {
    @Provide
    Arbitrary<Method> methods() {
        return Arbitraries.of(MethodSamples.all());
    }

    @Property(tries = 300)
    void shouldReadBackWhatWasWritten(
            @ForAll("methods") Method method, @ForAll @IntRange(min = 1, max = 3000) int dimension,
            @ForAll @IntRange(min = 0, max = 2) int doublings, @ForAll long jobSeed, @ForAll long round,
            @ForAll @IntRange(min = 0, max = 65533) int worker) {
        CompressedGradientHeader header = new CompressedGradientHeader(method, dimension, 128 << doublings, jobSeed,
                round, worker);
        CompressedGradient sent = CompressedGradient.encode(header, MethodSamples.gradient(round, dimension));
        CompressedGradient received = CompressedGradient.of(sent.toByteArray());
        assertEquals(header, received.header());
        long most = header.containerBytes();
        assertEquals(received.size(), method.hasFixedLength() ? most : Math.min(most, received.size()));
        assertArrayEquals(sent.decode(), received.decode());
    }

    @Property(tries = 300)
    void shouldFindDamageOfAnyShape(
            @ForAll("methods") Method method, @ForAll @IntRange(min = 1, max = 600) int dimension,
            @ForAll @IntRange(min = 0, max = 10000) int where, @ForAll @IntRange(min = 1, max = 200) int run,
            @ForAll long noise) {
        CompressedGradientHeader header = new CompressedGradientHeader(method, dimension, 256, 1, 2, 3);
        byte[] bytes = CompressedGradient.encode(header, MethodSamples.gradient(noise, dimension)).toByteArray();
        boolean changed = false;
        for (int i = 0; i < run; i++) {
            int at = (where + i) % bytes.length;
            byte other = (byte) SplitMix.mix(noise + i);
            changed |= bytes[at] != other;
            bytes[at] = other;
        }
        if (changed) {
            assertThrows(MalformedPayloadException.class, () -> CompressedGradient.of(bytes));
        } else {
            assertEquals(header, CompressedGradient.of(bytes).header());
        }
    }

    @Property(tries = 500)
    void shouldRefuseAnyOtherBytes(@ForAll byte[] bytes) {
        assertThrows(MalformedPayloadException.class, () -> CompressedGradient.of(bytes));
    }
}
