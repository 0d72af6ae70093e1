package org.eden4j.transport.wire;

import org.eden4j.transport.sbe.AskDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.JoinDecoder;
import org.eden4j.transport.sbe.LayoutPartDecoder;
import org.eden4j.transport.sbe.LeaveDecoder;
import org.eden4j.transport.sbe.PauseDecoder;
import org.eden4j.transport.sbe.ReadyDecoder;
import org.eden4j.transport.sbe.ReplicaHashDecoder;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.sbe.StateDecoder;
import org.eden4j.transport.sbe.StateEndDecoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;

/**
 * Handles messages received by the aggregator. A message has been checked only to lie within its fragment. Decoders and
 * payloads are valid only during the call.
 */
public interface UplinkListener {
    /** A worker requests membership. */
    void onJoin(int session, JoinDecoder join, String method, String endpoint, String agreement);

    /** A process requests the job's terms. */
    void onAsk(int session, AskDecoder ask, String endpoint);

    /** A worker takes no part in rounds until it is ready. */
    void onPause(int session, PauseDecoder pause);

    /** The hash of a worker's state before a round. */
    void onReplicaHash(int session, ReplicaHashDecoder hash);

    /** One part of the text of the layout with which a worker joins. */
    void onLayoutPart(int session, LayoutPartDecoder part, long payload, int payloadLength);

    /** One frame of an update; {@code payload} is an address within {@link NativeMemory#ALL}. */
    void onUpdate(int session, UpdateDecoder update, long payload, int payloadLength);

    /** The end of an unreliable update. */
    void onUpdateEnd(int session, UpdateEndDecoder updateEnd);

    /** The head of a state that a worker supplies. */
    void onStateBegin(int session, StateBeginDecoder begin);

    /** One part of a state that a worker supplies. */
    void onState(int session, StateDecoder state, long payload, int payloadLength);

    void onStateEnd(int session, StateEndDecoder stateEnd);

    /** A worker can accept or supply a state now. */
    void onReady(int session, ReadyDecoder ready);

    void onHeartbeat(int session, HeartbeatDecoder heartbeat);

    void onLeave(int session, LeaveDecoder leave, String reason);

    /** Bytes that are not a message of this protocol. */
    void onMalformed(int session);
}
