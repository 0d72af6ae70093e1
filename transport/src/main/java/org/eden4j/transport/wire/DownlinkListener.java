package org.eden4j.transport.wire;

import java.util.BitSet;
import org.eden4j.transport.sbe.BehindDecoder;
import org.eden4j.transport.sbe.FailureDecoder;
import org.eden4j.transport.sbe.GoodbyeDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.LayoutWantedDecoder;
import org.eden4j.transport.sbe.MeanDecoder;
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
 * Called back with what came in at a worker. Methods that return a boolean answer whether the message was taken; one
 * that was not comes again in a later poll, and everything behind it waits. Decoders and payloads are valid only during
 * the call.
 */
public interface DownlinkListener {
    /** Whether this is the answer that was waited for: from now on only its image is listened to. */
    boolean onWelcome(WelcomeDecoder welcome, String downlink);

    /** The aggregator asks for the text of the layout with which this worker joins. */
    void onLayoutWanted(LayoutWantedDecoder wanted);

    void onReject(RejectDecoder reject, String reason);

    void onStart(StartDecoder start);

    /** One frame of a mean; the payload lies at an address of {@link NativeMemory#ALL}. */
    boolean onMean(MeanDecoder mean, long payload, int payloadLength);

    boolean onRoundEnd(RoundEndDecoder roundEnd, BitSet members, BitSet contributors);

    /** Some frames of a worker's update that were counted, where not all were. */
    boolean onPartial(PartialDecoder partial, BitSet frames);

    /** This worker's state is not the job's. */
    void onBehind(BehindDecoder behind);

    /** The aggregator asks for this worker's state. */
    void onSupply(SupplyDecoder supply);

    void onStateBegin(StateBeginDecoder begin);

    void onState(StateDecoder state, long payload, int payloadLength);

    void onStateEnd(StateEndDecoder stateEnd);

    void onRetry(RetryDecoder retry, String reason);

    void onHeartbeat(HeartbeatDecoder heartbeat);

    void onFailure(FailureDecoder failure, String reason);

    void onGoodbye(GoodbyeDecoder goodbye);

    /** Bytes that are no message of this protocol. */
    void onMalformed();
}
