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
 * Handles messages received by a worker. A method that returns a boolean returns whether it accepted the message; a
 * rejected message is delivered again by a later poll, and holds up everything behind it. Decoders and payloads are
 * valid only during the call.
 */
public interface DownlinkListener {
    /** Returns whether this is the expected answer; from then on the adapter accepts its image only. */
    boolean onWelcome(WelcomeDecoder welcome, String downlink);

    /** The aggregator requests the text of the layout with which this worker joins. */
    void onLayoutWanted(LayoutWantedDecoder wanted);

    void onReject(RejectDecoder reject, String reason);

    void onStart(StartDecoder start);

    /** One frame of a mean; {@code payload} is an address within {@link NativeMemory#ALL}. */
    boolean onMean(MeanDecoder mean, long payload, int payloadLength);

    boolean onRoundEnd(RoundEndDecoder roundEnd, BitSet members, BitSet contributors);

    /** Counted frames of a worker's update, of which not all were counted. */
    boolean onPartial(PartialDecoder partial, BitSet frames);

    /** This worker's state differs from the job's. */
    void onBehind(BehindDecoder behind);

    /** The aggregator requests this worker's state. */
    void onSupply(SupplyDecoder supply);

    void onStateBegin(StateBeginDecoder begin);

    void onState(StateDecoder state, long payload, int payloadLength);

    void onStateEnd(StateEndDecoder stateEnd);

    void onRetry(RetryDecoder retry, String reason);

    void onHeartbeat(HeartbeatDecoder heartbeat);

    void onFailure(FailureDecoder failure, String reason);

    void onGoodbye(GoodbyeDecoder goodbye);

    /** Bytes that are not a message of this protocol. */
    void onMalformed();
}
