package org.eden4j.transport.wire;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobOffer;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.OfferDecoder;
import org.eden4j.transport.sbe.RejectDecoder;

/**
 * Receives the answer to {@link UplinkProxy#ask} and ignores everything else, because any process can publish to a
 * worker's port. Not thread-safe.
 */
public final class OfferAdapter implements FragmentHandler {
    private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;

    private final long token;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final OfferDecoder decoder = new OfferDecoder();
    private final RejectDecoder reject = new RejectDecoder();
    private final VariableData data = new VariableData();
    private JobOffer offer;

    /** @param token the token of the request */
    public OfferAdapter(long token) {
        this.token = token;
    }

    /** Returns the answer; null until it arrives. */
    public JobOffer offer() {
        return offer;
    }

    /**
     * Handles one fragment.
     *
     * @throws JoinRejectedException if the aggregator refused to answer
     * @throws TransportException if this worker does not know a method of the job
     */
    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header fragment) {
        if ((fragment.flags() & FrameDescriptor.UNFRAGMENTED) != FrameDescriptor.UNFRAGMENTED || length < HEADER) {
            return;
        }
        header.wrap(buffer, offset);
        int body = offset + HEADER;
        int block = header.blockLength();
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID || block > length - HEADER) {
            return;
        }
        data.wrap(buffer, body + block, offset + length);
        try {
            if (header.templateId() == OfferDecoder.TEMPLATE_ID && block >= OfferDecoder.BLOCK_LENGTH) {
                take(decoder.wrap(buffer, body, block, header.version()));
            } else if (header.templateId() == RejectDecoder.TEMPLATE_ID && block >= RejectDecoder.BLOCK_LENGTH
                    && reject.wrap(buffer, body, block, header.version()).token() == token) {
                throw new JoinRejectedException(RejectCode.of(reject.code()), data.nextText(Protocol.LONGEST_REASON));
            }
        } catch (MalformedMessageException e) {
            offer = null;
        }
    }

    private void take(OfferDecoder message) {
        if (message.token() != token || message.dimension() < 0 || message.workers() < 1
                || message.workers() > Protocol.MOST_WORKERS) {
            return;
        }
        Method method = method("updates", data.nextText(Protocol.LONGEST_METHOD));
        Method downlink = method("means", data.nextText(Protocol.LONGEST_METHOD));
        String agreement = data.nextText(Protocol.LONGEST_AGREEMENT);
        boolean agreed = (message.flags() & Protocol.OFFER_AGREED) != 0;
        offer = new JobOffer(method, downlink, message.dimension(), message.mtu(), message.workers(),
                agreed ? Optional.of(agreement) : Optional.empty());
    }

    private static Method method(String what, String text) {
        try {
            return Method.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TransportException("this worker cannot take part: the job's " + what + " travel as " + text
                    + ", which is unknown here: " + e.getMessage(), e);
        }
    }
}
