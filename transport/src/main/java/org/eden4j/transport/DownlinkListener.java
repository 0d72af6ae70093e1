package org.eden4j.transport;

import java.util.BitSet;
import org.eden4j.transport.sbe.FailureDecoder;
import org.eden4j.transport.sbe.GoodbyeDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.MeanDecoder;
import org.eden4j.transport.sbe.ModelDecoder;
import org.eden4j.transport.sbe.ModelEndDecoder;
import org.eden4j.transport.sbe.RejectDecoder;
import org.eden4j.transport.sbe.RoundEndDecoder;
import org.eden4j.transport.sbe.StartDecoder;
import org.eden4j.transport.sbe.WelcomeDecoder;

/**
 * Called back with what came in at a worker. Methods that return a boolean answer whether the message was taken; one
 * that was not comes again in a later poll, and everything behind it waits. Decoders and payloads are valid only during
 * the call.
 */
interface DownlinkListener {
    void onWelcome(WelcomeDecoder welcome, String downlink);

    void onReject(RejectDecoder reject, String reason);

    void onStart(StartDecoder start);

    /** One frame of a mean; the payload lies at an address of {@link NativeMemory#ALL}. */
    boolean onMean(MeanDecoder mean, long payload, int payloadLength);

    boolean onRoundEnd(RoundEndDecoder roundEnd, BitSet members, BitSet contributors);

    boolean onModel(ModelDecoder model, long payload, int payloadLength);

    boolean onModelEnd(ModelEndDecoder modelEnd);

    void onHeartbeat(HeartbeatDecoder heartbeat);

    void onFailure(FailureDecoder failure, String reason);

    void onGoodbye(GoodbyeDecoder goodbye);

    /** Bytes that are no message of this protocol. */
    void onMalformed();
}
