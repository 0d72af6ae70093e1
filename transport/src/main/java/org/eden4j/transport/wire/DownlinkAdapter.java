package org.eden4j.transport.wire;

import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import java.util.BitSet;
import org.agrona.DirectBuffer;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.sbe.BehindDecoder;
import org.eden4j.transport.sbe.FailureDecoder;
import org.eden4j.transport.sbe.GoodbyeDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.LayoutWantedDecoder;
import org.eden4j.transport.sbe.MeanDecoder;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.PartialDecoder;
import org.eden4j.transport.sbe.RejectDecoder;
import org.eden4j.transport.sbe.RetryDecoder;
import org.eden4j.transport.sbe.RoundEndDecoder;
import org.eden4j.transport.sbe.StartDecoder;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.sbe.StateDecoder;
import org.eden4j.transport.sbe.StateEndDecoder;
import org.eden4j.transport.sbe.SupplyDecoder;
import org.eden4j.transport.sbe.WelcomeDecoder;

/**
 * Receives fragments at a worker and calls a {@link DownlinkListener}. Every length is checked against the fragment's
 * before it is used. Any process can publish to a worker's port, so once the adapter is bound to the aggregator's image
 * it counts fragments of other images as malformed and drops them. {@link UplinkAdapter} states which fields are
 * trusted.
 */
public final class DownlinkAdapter implements ControlledFragmentHandler {
    private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int LONGEST_SET = (Protocol.MOST_WORKERS + Byte.SIZE - 1) / Byte.SIZE;

    private final DownlinkListener listener;
    private final Shard shard;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MeanDecoder mean = new MeanDecoder();
    private final PartialDecoder partial = new PartialDecoder();
    private final StateBeginDecoder stateBegin = new StateBeginDecoder();
    private final StateDecoder state = new StateDecoder();
    private final StateEndDecoder stateEnd = new StateEndDecoder();
    private final WelcomeDecoder welcome = new WelcomeDecoder();
    private final RejectDecoder reject = new RejectDecoder();
    private final StartDecoder start = new StartDecoder();
    private final BehindDecoder behind = new BehindDecoder();
    private final SupplyDecoder supply = new SupplyDecoder();
    private final RetryDecoder retry = new RetryDecoder();
    private final RoundEndDecoder roundEnd = new RoundEndDecoder();
    private final FailureDecoder failure = new FailureDecoder();
    private final GoodbyeDecoder goodbye = new GoodbyeDecoder();
    private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();
    private final LayoutWantedDecoder layoutWanted = new LayoutWantedDecoder();
    private final VariableData data = new VariableData();
    private long receivedBytes;
    /** Session id of the aggregator's image if {@link #bound}. */
    private int aggregator;
    private boolean bound;
    private int sender;

    /** @param shard the aggregator's shard; messages of other shards are malformed */
    public DownlinkAdapter(DownlinkListener listener, Shard shard) {
        this.listener = listener;
        this.shard = shard;
    }

    /** Accepts any image again. */
    public void release() {
        bound = false;
    }

    /** Returns the session id of the aggregator's image, once bound. */
    public int aggregator() {
        return aggregator;
    }

    @Override
    public Action onFragment(DirectBuffer buffer, int offset, int length, Header fragment) {
        sender = ((Image) fragment.context()).sessionId();
        if (bound && sender != aggregator
                || (fragment.flags() & FrameDescriptor.UNFRAGMENTED) != FrameDescriptor.UNFRAGMENTED
                || length < HEADER || length > buffer.capacity() - offset) {
            listener.onMalformed();
            return Action.CONTINUE;
        }
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            listener.onMalformed();
            return Action.CONTINUE;
        }
        receivedBytes += length;
        try {
            if (dispatch(buffer, offset + HEADER, length - HEADER)) {
                return Action.CONTINUE;
            }
            receivedBytes -= length;
            return Action.ABORT;
        } catch (MalformedMessageException e) {
            listener.onMalformed();
            return Action.CONTINUE;
        }
    }

    /** Returns the bytes of all accepted messages, including the current one. */
    public long receivedBytes() {
        return receivedBytes;
    }

    private boolean dispatch(DirectBuffer buffer, int body, int length) {
        int block = header.blockLength();
        int version = header.version();
        data.wrap(buffer, body + block, body + length);
        switch (header.templateId()) {
            case MeanDecoder.TEMPLATE_ID -> {
                int payload = dataPayload(block, MeanDecoder.BLOCK_LENGTH, length);
                mean.wrap(buffer, body, block, version);
                if (mean.shard() != shard.index()) {
                    throw new MalformedMessageException("shard " + mean.shard());
                }
                return listener.onMean(mean, NativeMemory.address(buffer, body + block, payload), payload);
            }
            case RoundEndDecoder.TEMPLATE_ID -> {
                checkBlock(block, RoundEndDecoder.BLOCK_LENGTH, length);
                BitSet members = BitSet.valueOf(data.nextBytes(LONGEST_SET));
                BitSet contributors = BitSet.valueOf(data.nextBytes(LONGEST_SET));
                return listener.onRoundEnd(roundEnd.wrap(buffer, body, block, version), members, contributors);
            }
            case PartialDecoder.TEMPLATE_ID -> {
                checkBlock(block, PartialDecoder.BLOCK_LENGTH, length);
                BitSet frames = BitSet.valueOf(data.nextBytes(DownlinkProxy.SET_BYTES));
                return listener.onPartial(partial.wrap(buffer, body, block, version), frames);
            }
            case StateBeginDecoder.TEMPLATE_ID -> {
                checkBlock(block, StateBeginDecoder.BLOCK_LENGTH, length);
                listener.onStateBegin(stateBegin.wrap(buffer, body, block, version));
            }
            case StateDecoder.TEMPLATE_ID -> {
                int payload = dataPayload(block, StateDecoder.BLOCK_LENGTH, length);
                state.wrap(buffer, body, block, version);
                listener.onState(state, NativeMemory.address(buffer, body + block, payload), payload);
            }
            case StateEndDecoder.TEMPLATE_ID -> {
                checkBlock(block, StateEndDecoder.BLOCK_LENGTH, length);
                listener.onStateEnd(stateEnd.wrap(buffer, body, block, version));
            }
            case BehindDecoder.TEMPLATE_ID -> {
                checkBlock(block, BehindDecoder.BLOCK_LENGTH, length);
                listener.onBehind(behind.wrap(buffer, body, block, version));
            }
            case SupplyDecoder.TEMPLATE_ID -> {
                checkBlock(block, SupplyDecoder.BLOCK_LENGTH, length);
                listener.onSupply(supply.wrap(buffer, body, block, version));
            }
            case RetryDecoder.TEMPLATE_ID -> {
                checkBlock(block, RetryDecoder.BLOCK_LENGTH, length);
                listener.onRetry(retry.wrap(buffer, body, block, version), data.nextText(Protocol.LONGEST_REASON));
            }
            case HeartbeatDecoder.TEMPLATE_ID -> {
                checkBlock(block, HeartbeatDecoder.BLOCK_LENGTH, length);
                listener.onHeartbeat(heartbeat.wrap(buffer, body, block, version));
            }
            case WelcomeDecoder.TEMPLATE_ID -> {
                checkBlock(block, WelcomeDecoder.BLOCK_LENGTH, length);
                checkPlaces(welcome.wrap(buffer, body, block, version));
                if (listener.onWelcome(welcome, data.nextText(Protocol.LONGEST_METHOD))) {
                    aggregator = sender;
                    bound = true;
                }
            }
            case LayoutWantedDecoder.TEMPLATE_ID -> {
                checkBlock(block, LayoutWantedDecoder.BLOCK_LENGTH, length);
                listener.onLayoutWanted(layoutWanted.wrap(buffer, body, block, version));
            }
            case RejectDecoder.TEMPLATE_ID -> {
                checkBlock(block, RejectDecoder.BLOCK_LENGTH, length);
                listener.onReject(reject.wrap(buffer, body, block, version), data.nextText(Protocol.LONGEST_REASON));
            }
            case StartDecoder.TEMPLATE_ID -> {
                checkBlock(block, StartDecoder.BLOCK_LENGTH, length);
                listener.onStart(start.wrap(buffer, body, block, version));
            }
            case FailureDecoder.TEMPLATE_ID -> {
                checkBlock(block, FailureDecoder.BLOCK_LENGTH, length);
                listener.onFailure(failure.wrap(buffer, body, block, version), data.nextText(Protocol.LONGEST_REASON));
            }
            case GoodbyeDecoder.TEMPLATE_ID -> {
                checkBlock(block, GoodbyeDecoder.BLOCK_LENGTH, length);
                listener.onGoodbye(goodbye.wrap(buffer, body, block, version));
            }
            default -> listener.onMalformed();
        }
        return true;
    }

    private void checkPlaces(WelcomeDecoder welcome) {
        if (welcome.workers() < 1 || welcome.workers() > Protocol.MOST_WORKERS || welcome.index() >= welcome.workers()
                || welcome.deadlineNs() <= 0 || welcome.shard() != shard.index()
                || welcome.shards() != shard.count() || welcome.hashInterval() > Integer.MAX_VALUE) {
            throw new MalformedMessageException("place " + welcome.index() + " of " + welcome.workers()
                    + ", deadline " + welcome.deadlineNs() + " ns, shard " + welcome.shard() + " of "
                    + welcome.shards());
        }
    }

    /**
     * Returns the length in bytes of the payload after the fixed block of a data frame, whose layout must be exactly
     * that of this version.
     */
    private int dataPayload(int block, int expected, int length) {
        if (block != expected || header.version() != MessageHeaderDecoder.SCHEMA_VERSION || length < block) {
            throw new MalformedMessageException("block of " + block + " bytes in " + length);
        }
        return length - block;
    }

    /** Accepts control messages of later versions, which may be longer but never shorter. */
    private static void checkBlock(int block, int expected, int length) {
        if (block < expected || length < block) {
            throw new MalformedMessageException("block of " + block + " bytes in " + length);
        }
    }
}
