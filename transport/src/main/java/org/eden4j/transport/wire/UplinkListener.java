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
 * Called back with what came in at the aggregator. Nothing in a message was checked but that it lies within its
 * fragment. Decoders and payloads are valid only during the call.
 */
public interface UplinkListener {
    /** A worker asks for membership. */
    void onJoin(int session, JoinDecoder join, String method, String endpoint, String agreement);

    /** Somebody asks what the job is. */
    void onAsk(int session, AskDecoder ask, String endpoint);

    /** A worker takes no part until it is ready. */
    void onPause(int session, PauseDecoder pause);

    /** What a worker's state before a round hashes to. */
    void onReplicaHash(int session, ReplicaHashDecoder hash);

    /** One part of the text of the layout that a worker joins with. */
    void onLayoutPart(int session, LayoutPartDecoder part, long payload, int payloadLength);

    /** One frame of an update; the payload lies at an address of {@link NativeMemory#ALL}. */
    void onUpdate(int session, UpdateDecoder update, long payload, int payloadLength);

    /** An unreliable update has come to its end. */
    void onUpdateEnd(int session, UpdateEndDecoder updateEnd);

    /** The head of a state that a worker supplies. */
    void onStateBegin(int session, StateBeginDecoder begin);

    /** One part of it. */
    void onState(int session, StateDecoder state, long payload, int payloadLength);

    void onStateEnd(int session, StateEndDecoder stateEnd);

    /** A worker can take or give a state now. */
    void onReady(int session, ReadyDecoder ready);

    void onHeartbeat(int session, HeartbeatDecoder heartbeat);

    void onLeave(int session, LeaveDecoder leave, String reason);

    /** Bytes that are no message of this protocol. */
    void onMalformed(int session);
}
