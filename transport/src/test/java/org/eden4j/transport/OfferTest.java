package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.agrona.ExpandableArrayBuffer;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JobOffer;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.sbe.AskEncoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The terms that a job reports to workers that ask before they join. */
@Timeout(60)
class OfferTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final Method DOWNLINK = Method.parse("eden:bits=2");
    private static final int MTU = 65504;

    private static JobOffer ask(Job job) {
        return Worker.offer(job.aggregator.address(), Job.PATIENCE, false);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhatTheFirstMemberHasDecidedAndForgetItWithTheMember(Job.Channel channel) {
        try (Job job = new Job(channel, 2, METHOD, DOWNLINK, options -> options)) {
            JobOffer open = new JobOffer(METHOD, DOWNLINK, 0, MTU, 2, Optional.empty());
            assertEquals(open, ask(job));
            Worker first = job.join(0, 5000, options -> options.agreement("averaging every=10"));
            assertEquals(new JobOffer(METHOD, DOWNLINK, 5000, MTU, 2, Optional.of("averaging every=10")), ask(job));
            job.workers.remove(first);
            first.close();
            assertEquals(open, ask(job));
        }
    }

    @Test
    void shouldSayWhatTheAggregatorWasTold() {
        try (Job job = new Job(Job.Channel.IPC, 3, METHOD, DOWNLINK,
                options -> options.dimension(70).agreement("sharing"))) {
            assertEquals(new JobOffer(METHOD, DOWNLINK, 70, MTU, 3, Optional.of("sharing")), ask(job));
        }
    }

    @Test
    void shouldNameTheAddressWhereNobodyAnswers() {
        assertEquals(
                "cannot ask at udp:127.0.0.1:9: no aggregator has answered within 500 ms: start it, or set a longer joinTimeout",
                assertThrows(TransportException.class,
                        () -> Worker.offer(JobAddress.udp("127.0.0.1", 9), Duration.ofMillis(500), false))
                    .getMessage());
    }

    @Test
    void shouldTellWhoSpeaksAnotherVersionBothNumbers() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD); RawMember newer = new RawMember(job, 0)) {
            ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
            int end = new AskEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .token(newer.token())
                .protocol(Protocol.VERSION + 1)
                .flags(0)
                .stream(newer.stream())
                .endpoint("")
                .limit();
            newer.send(Arrays.copyOf(buffer.byteArray(), end));
            Job.await("an answer", () -> {
                newer.poll();
                return newer.rejection != null;
            });
            assertEquals(RejectCode.VERSION, newer.rejection);
            assertEquals("protocol version 5 differs from the job's 4", newer.reason);
        }
    }
}
