package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The first member's terms bind the others while it is a member. */
@Timeout(60)
class TermsTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;

    @ParameterizedTest
    @EnumSource
    void shouldForgetTheMistakeOfAFirstMemberThatHasLeft(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 2, METHOD)) {
            Worker mistaken = job.join(0, 12_345);
            assertEquals("aggregator rejected this worker: dimension 5000 differs from the job's 12345",
                    assertThrows(JoinRejectedException.class, () -> job.join(1, DIMENSION)).getMessage());
            job.workers.remove(mistaken);
            mistaken.close();
            job.join(1, DIMENSION);
            job.join(0, DIMENSION);
            float[] update = Job.gaussian(DIMENSION, 1);
            for (Job.Exchanged exchanged : job.exchange(job.workers, List.of(update, update), new float[]{1, 1})) {
                assertEquals(2, exchanged.result().contributors());
            }
        }
    }

    @Test
    void shouldRefuseADimensionThatNobodyToldItToExpect() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD); RawMember vast = new RawMember(job, 0)) {
            vast.join(Protocol.VERSION, Integer.MAX_VALUE - 64, 65504, -1, METHOD.toString());
            assertEquals(RejectCode.DIMENSION, vast.rejection);
            assertEquals("dimension 2147483583 is beyond the 268435456 that an aggregator takes unasked: tell it the "
                    + "job's dimension (--dimension) if that is meant", vast.reason);
            Worker worker = job.join(0, DIMENSION);
            assertEquals(1, Job.exchange(worker, Job.gaussian(DIMENSION, 1), 1).result().contributors());
        }
    }

    @Test
    void shouldHoldTheFirstMemberToTheDimensionThatItWasTold() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD, METHOD, options -> options.dimension(DIMENSION))) {
            assertEquals("aggregator rejected this worker: dimension 12345 differs from the job's 5000",
                    assertThrows(JoinRejectedException.class, () -> job.join(0, 12_345)).getMessage());
            job.join(0, DIMENSION);
        }
    }
}
