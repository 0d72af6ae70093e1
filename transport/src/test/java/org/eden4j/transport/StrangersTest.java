package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.ExclusivePublication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that are not members cannot use up what members need. */
@Timeout(60)
class StrangersTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;

    private static void runJob(Job job) throws Exception {
        job.join(0, DIMENSION);
        job.join(1, DIMENSION);
        float[] update = Job.gaussian(DIMENSION, 1);
        for (Job.Exchanged exchanged : job.exchange(job.workers, List.of(update, update), new float[]{1, 1})) {
            assertEquals(2, exchanged.result().contributors());
        }
    }

    @Test
    void shouldLetMembersInWhereAStrangerHasOpenedManyStreams() throws Exception {
        try (Job job = new Job(Job.Channel.UDP, 2, METHOD); RawMember stranger = new RawMember(job, 0)) {
            List<ExclusivePublication> streams = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                streams.add(stranger.aeron.addExclusivePublication(stranger.connection.channels().uplinkPublication(),
                        stranger.connection.channels().uplinkStream()));
            }
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1); // many times what it takes them to connect
            Job.await("streams", () -> streams.stream().filter(ExclusivePublication::isConnected).count() >= 20
                    || System.nanoTime() > endNs);
            runJob(job);
        }
    }

    @Test
    void shouldLetMembersInWhereManyStrangersWereRefused() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD)) {
            List<RawMember> refused = new ArrayList<>();
            try {
                for (int i = 0; i < 80; i++) {
                    RawMember stranger = new RawMember(job, i);
                    refused.add(stranger);
                    stranger.join(Protocol.VERSION + 1, DIMENSION, 65504, -1, METHOD.toString());
                    assertEquals(RejectCode.VERSION, stranger.rejection);
                }
                runJob(job);
            } finally {
                refused.forEach(RawMember::close);
            }
        }
    }
}
