package org.eden4j.transport;

import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.JoinDecoder;
import org.eden4j.transport.sbe.LeaveDecoder;
import org.eden4j.transport.sbe.ModelDecoder;
import org.eden4j.transport.sbe.ModelEndDecoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEndDecoder;

/**
 * Called back with what came in at the aggregator. Nothing in a message was checked but that it lies within its
 * fragment. Decoders and payloads are valid only during the call.
 */
interface UplinkListener {
    /** A worker asks for membership. */
    void onJoin(int session, JoinDecoder join, String method, String endpoint);

    /** One frame of an update; the payload lies at an address of {@link NativeMemory#ALL}. */
    void onUpdate(int session, UpdateDecoder update, long payload, int payloadLength);

    /** An unreliable update has come to its end. */
    void onUpdateEnd(int session, UpdateEndDecoder updateEnd);

    /** One frame of the initial model. */
    void onModel(int session, ModelDecoder model, long payload, int payloadLength);

    void onModelEnd(int session, ModelEndDecoder modelEnd);

    void onHeartbeat(int session, HeartbeatDecoder heartbeat);

    void onLeave(int session, LeaveDecoder leave, String reason);

    /** Bytes that are no message of this protocol. */
    void onMalformed(int session);
}
