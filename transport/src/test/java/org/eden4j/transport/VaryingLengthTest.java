package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Methods whose payloads vary in length, before a job starts. */
class VaryingLengthTest {
    private static final JobAddress ADDRESS = JobAddress.udp("127.0.0.1", 7400);
    private static final Method VARYING = Method.parse("eden:bits=2,coding=entropy");
    private static final Method FIXED = Method.parse("eden:bits=2");
    private static final String FACT = " eden:bits=2,coding=entropy makes payloads of varying length, which the frames of this"
            + " protocol do not carry yet: take coding=fixed in jobs, or CompressedGradient for files";

    @Test
    void shouldRefuseAMethodAtTheWorker() {
        assertRefused("method", () -> Worker.builder(ADDRESS, 100_000, VARYING));
    }

    @Test
    void shouldRefuseAMethodAndADownlinkAtTheAggregator() {
        assertRefused("method", () -> Aggregator.builder(ADDRESS, 2, VARYING));
        assertRefused("downlink", () -> Aggregator.builder(ADDRESS, 2, FIXED).downlink(VARYING));
    }

    private static void assertRefused(String what, Executable start) {
        assertEquals(what + FACT, assertThrows(IllegalArgumentException.class, start).getMessage());
    }
}
