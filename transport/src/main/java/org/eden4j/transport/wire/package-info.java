/**
 * Turns messages into bytes in an Aeron log, and bytes back into messages.
 *
 * <pre>
 * worker       UplinkProxy     --- Join, Update, UpdateEnd, Ready, Pause, ... -----&gt;  UplinkAdapter    UplinkListener
 * aggregator   DownlinkProxy   --- Welcome, Mean, RoundEnd, Retry, Failure, ... ----&gt;  DownlinkAdapter  DownlinkListener
 * both         MessageProxy    --- StateBegin, State, StateEnd, Heartbeat ----------&gt;
 * </pre>
 *
 * <p>A proxy claims room and writes; an adapter checks lengths and calls a listener. Start at
 * {@link org.eden4j.transport.wire.FrameLayout}: it says which coordinates a frame carries, so that a frame's number is
 * all that travels. {@link org.eden4j.transport.wire.Protocol} has the numbers that both sides must agree on.
 */
package org.eden4j.transport.wire;
