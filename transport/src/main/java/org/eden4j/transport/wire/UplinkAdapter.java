package org.eden4j.transport.wire;

import io.aeron.Image;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.sbe.AskDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.JoinDecoder;
import org.eden4j.transport.sbe.LayoutPartDecoder;
import org.eden4j.transport.sbe.LeaveDecoder;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.PauseDecoder;
import org.eden4j.transport.sbe.ReadyDecoder;
import org.eden4j.transport.sbe.ReplicaHashDecoder;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.sbe.StateDecoder;
import org.eden4j.transport.sbe.StateEndDecoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;

/**
 * Receives fragments at the aggregator and calls an {@link UplinkListener}. Every length is checked against the
 * fragment's before it is used, and the fragment's length is bounded by its log buffer. The sender is identified by its
 * image, not by a field of the message: fields come from the network unchecked.
 */
public final class UplinkAdapter implements FragmentHandler {
    private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;

    /** Bytes of the fixed block of a join of version 3, which is decoded only to reject it. */
    private static final int FORMER_JOIN_BLOCK = 48;

    private final UplinkListener listener;
    private final int shard;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final UpdateDecoder update = new UpdateDecoder();
    private final UpdateEndDecoder updateEnd = new UpdateEndDecoder();
    private final StateBeginDecoder stateBegin = new StateBeginDecoder();
    private final StateDecoder state = new StateDecoder();
    private final StateEndDecoder stateEnd = new StateEndDecoder();
    private final JoinDecoder join = new JoinDecoder();
    private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();
    private final ReadyDecoder ready = new ReadyDecoder();
    private final LeaveDecoder leave = new LeaveDecoder();
    private final LayoutPartDecoder layoutPart = new LayoutPartDecoder();
    private final AskDecoder ask = new AskDecoder();
    private final PauseDecoder pause = new PauseDecoder();
    private final ReplicaHashDecoder replicaHash = new ReplicaHashDecoder();
    private final VariableData data = new VariableData();

    /** @param shard the shard of the receiving aggregator; frames of other shards are malformed */
    public UplinkAdapter(UplinkListener listener, Shard shard) {
        this.listener = listener;
        this.shard = shard.index();
    }

    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header fragment) {
        int session = ((Image) fragment.context()).sessionId();
        if ((fragment.flags() & FrameDescriptor.UNFRAGMENTED) != FrameDescriptor.UNFRAGMENTED || length < HEADER
                || length > buffer.capacity() - offset) {
            listener.onMalformed(session);
            return;
        }
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            listener.onMalformed(session);
            return;
        }
        try {
            dispatch(session, buffer, offset + HEADER, length - HEADER);
        } catch (MalformedMessageException e) {
            listener.onMalformed(session);
        }
    }

    private void dispatch(int session, DirectBuffer buffer, int body, int length) {
        int block = header.blockLength();
        int version = header.version();
        switch (header.templateId()) {
            case UpdateDecoder.TEMPLATE_ID -> {
                int payload = dataPayload(block, UpdateDecoder.BLOCK_LENGTH, length);
                update.wrap(buffer, body, block, version);
                if (update.shard() != shard) {
                    throw new MalformedMessageException("shard " + update.shard());
                }
                listener.onUpdate(session, update, NativeMemory.address(buffer, body + block, payload), payload);
            }
            case UpdateEndDecoder.TEMPLATE_ID -> {
                checkBlock(block, UpdateEndDecoder.BLOCK_LENGTH, length);
                listener.onUpdateEnd(session, updateEnd.wrap(buffer, body, block, version));
            }
            case StateBeginDecoder.TEMPLATE_ID -> {
                checkBlock(block, StateBeginDecoder.BLOCK_LENGTH, length);
                listener.onStateBegin(session, stateBegin.wrap(buffer, body, block, version));
            }
            case StateDecoder.TEMPLATE_ID -> {
                int payload = dataPayload(block, StateDecoder.BLOCK_LENGTH, length);
                state.wrap(buffer, body, block, version);
                listener.onState(session, state, NativeMemory.address(buffer, body + block, payload), payload);
            }
            case StateEndDecoder.TEMPLATE_ID -> {
                checkBlock(block, StateEndDecoder.BLOCK_LENGTH, length);
                listener.onStateEnd(session, stateEnd.wrap(buffer, body, block, version));
            }
            case ReadyDecoder.TEMPLATE_ID -> {
                checkBlock(block, ReadyDecoder.BLOCK_LENGTH, length);
                listener.onReady(session, ready.wrap(buffer, body, block, version));
            }
            case HeartbeatDecoder.TEMPLATE_ID -> {
                checkBlock(block, HeartbeatDecoder.BLOCK_LENGTH, length);
                listener.onHeartbeat(session, heartbeat.wrap(buffer, body, block, version));
            }
            case JoinDecoder.TEMPLATE_ID -> {
                boolean former = version < MessageHeaderDecoder.SCHEMA_VERSION;
                checkBlock(block, former ? FORMER_JOIN_BLOCK : JoinDecoder.BLOCK_LENGTH, length);
                join.wrap(buffer, body, block, version);
                data.wrap(buffer, body + block, body + length);
                String method = data.nextText(Protocol.LONGEST_METHOD);
                String endpoint = data.nextText(Protocol.LONGEST_ENDPOINT);
                listener.onJoin(session, join, method, endpoint,
                        former ? "" : data.nextText(Protocol.LONGEST_AGREEMENT));
            }
            case AskDecoder.TEMPLATE_ID -> {
                checkBlock(block, AskDecoder.BLOCK_LENGTH, length);
                data.wrap(buffer, body + block, body + length);
                listener.onAsk(session, ask.wrap(buffer, body, block, version),
                        data.nextText(Protocol.LONGEST_ENDPOINT));
            }
            case PauseDecoder.TEMPLATE_ID -> {
                checkBlock(block, PauseDecoder.BLOCK_LENGTH, length);
                listener.onPause(session, pause.wrap(buffer, body, block, version));
            }
            case ReplicaHashDecoder.TEMPLATE_ID -> {
                checkBlock(block, ReplicaHashDecoder.BLOCK_LENGTH, length);
                listener.onReplicaHash(session, replicaHash.wrap(buffer, body, block, version));
            }
            case LayoutPartDecoder.TEMPLATE_ID -> {
                int payload = dataPayload(block, LayoutPartDecoder.BLOCK_LENGTH, length);
                layoutPart.wrap(buffer, body, block, version);
                listener.onLayoutPart(session, layoutPart, NativeMemory.address(buffer, body + block, payload),
                        payload);
            }
            case LeaveDecoder.TEMPLATE_ID -> {
                checkBlock(block, LeaveDecoder.BLOCK_LENGTH, length);
                data.wrap(buffer, body + block, body + length);
                listener.onLeave(session, leave.wrap(buffer, body, block, version),
                        data.nextText(Protocol.LONGEST_REASON));
            }
            default -> listener.onMalformed(session);
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
