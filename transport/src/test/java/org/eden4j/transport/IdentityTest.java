package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.TransportException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that claim the same identity. */
@Timeout(60)
class IdentityTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;

    @ParameterizedTest
    @EnumSource
    void shouldTellTheFirstOfTwoLiveWorkersThatTheSecondHasItsPlace(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 2, METHOD, METHOD, options -> options.quorum(2))) {
            Worker first = job.join(0, DIMENSION, options -> options.identity(5));
            Worker other = job.join(1, DIMENSION);
            Worker second = job.join(0, DIMENSION, options -> options.identity(5));
            assertEquals("worker number 0 was taken over by another process that has this one's identity: give each "
                    + "worker an identity of its own",
                    assertThrows(TransportException.class, () -> Job.exchange(first, new float[DIMENSION], 1))
                        .getMessage());
            float[] update = Job.gaussian(DIMENSION, 1);
            assertTrue(Job.exchange(second, update, 1).result().resynchronised(), "it joined a job that had begun");
            for (int round = 0; round < 20; round++) {
                for (Job.Exchanged exchanged : job.exchange(List.of(second, other), List.of(update, update),
                        new float[]{1, 1})) {
                    assertEquals(2, exchanged.result().contributors());
                    assertFalse(exchanged.result().resynchronised());
                }
            }
        }
    }
}
