package org.eden4j.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import java.util.Optional;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobOffer;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.OfferEncoder;
import org.eden4j.transport.sbe.RejectEncoder;
import org.junit.jupiter.api.Test;

/** Answers to a request, and messages of others to the same port. */
class OfferAdapterTest {
    private static final long TOKEN = 77;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[2048]);
    private final OfferAdapter adapter = new OfferAdapter(TOKEN);
    private final Header unfragmented = header(FrameDescriptor.UNFRAGMENTED);

    private static Header header(byte flags) {
        UnsafeBuffer log = new UnsafeBuffer(new byte[DataHeaderFlyweight.HEADER_LENGTH]);
        FrameDescriptor.frameFlags(log, 0, flags);
        Header header = new Header(0, 0);
        header.buffer(log);
        header.offset(0);
        return header;
    }

    private int offer(long token, String method) {
        return new OfferEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .token(token)
            .dimension(5)
            .mtu(1408)
            .workers(2)
            .flags(1)
            .methodText(method)
            .downlinkText("none")
            .agreement("")
            .limit();
    }

    @Test
    void shouldTakeTheAnswerAndNoneOfItsBeginnings() {
        int length = offer(TOKEN, "eden:bits=4");
        for (int cut = 0; cut < length; cut++) {
            adapter.onFragment(buffer, 0, cut, unfragmented);
            assertNull(adapter.offer(), cut + " of " + length + " bytes");
        }
        adapter.onFragment(buffer, 0, length, header((byte) 0));
        assertNull(adapter.offer(), "a fragment of something longer");
        adapter.onFragment(buffer, 0, length, unfragmented);
        assertEquals(new JobOffer(Method.parse("eden:bits=4"), Method.parse("none"), 5, 1408, 2, Optional.of("")),
                adapter.offer());
    }

    @Test
    void shouldIgnoreAnswersToOthersAndNoise() {
        adapter.onFragment(buffer, 0, offer(TOKEN + 1, "none"), unfragmented);
        int length = new RejectEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .token(TOKEN + 1)
            .code((short) 1)
            .reason("no")
            .limit();
        adapter.onFragment(buffer, 0, length, unfragmented);
        Random random = new Random(20_261_128);
        for (int i = 0; i < 10_000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            buffer.putBytes(0, noise);
            adapter.onFragment(buffer, 0, noise.length, unfragmented);
        }
        assertNull(adapter.offer());
    }

    @Test
    void shouldThrowWhatStandsAgainstTheJob() {
        int unknown = offer(TOKEN, "elsewhere");
        String message = assertThrows(TransportException.class,
                () -> adapter.onFragment(buffer, 0, unknown, unfragmented))
            .getMessage();
        assertTrue(message.startsWith("this worker cannot take part: the job's updates travel as elsewhere, which is "
                + "unknown here: "), message);
        int refusal = new RejectEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .token(TOKEN)
            .code((short) 1)
            .reason("no")
            .limit();
        assertThrows(JoinRejectedException.class, () -> adapter.onFragment(buffer, 0, refusal, unfragmented));
    }
}
