/**
 * Turns messages into bytes in an Aeron log, and bytes back into messages.
 *
 * <pre>
 * worker       UplinkProxy     --- Join, Update, UpdateEnd, Ready, Pause, ... -----&gt;  UplinkAdapter    UplinkListener
 * aggregator   DownlinkProxy   --- Welcome, Mean, RoundEnd, Retry, Failure, ... ----&gt;  DownlinkAdapter  DownlinkListener
 * both         MessageProxy    --- StateBegin, State, StateEnd, Heartbeat ----------&gt;
 * </pre>
 *
 * <p>A proxy claims space and writes; an adapter checks lengths and calls a listener. Start at
 * {@link org.eden4j.transport.wire.FrameLayout}, which defines the coordinates of each frame, so that only a frame's
 * number is sent. {@link org.eden4j.transport.wire.Protocol} has the constants that both sides must agree on.
 */
package org.eden4j.transport.wire;
