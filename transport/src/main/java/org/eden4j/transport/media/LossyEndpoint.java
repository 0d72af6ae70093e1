package org.eden4j.transport.media;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ext.LossGenerator;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** A {@link GuardedEndpoint} behind a network that loses datagrams: see {@link InjectedLoss}. */
final class LossyEndpoint extends GuardedEndpoint {
    private final LossGenerator data;
    private final LossGenerator control;
    private final UnsafeBuffer sent = new UnsafeBuffer(0, 0);

    /**
     * @param data draws the losses of received data
     * @param control draws the losses of sent control messages, and of received setup frames
     */
    LossyEndpoint(UdpChannel channel, DataPacketDispatcher dispatcher, AtomicCounter status,
            MediaDriver.Context context, LossGenerator data, LossGenerator control) {
        super(channel, dispatcher, status, context);
        this.data = data;
        this.control = control;
    }

    @Override
    public int sendTo(ByteBuffer buffer, InetSocketAddress target) {
        int length = buffer.remaining();
        sent.wrap(buffer, buffer.position(), length);
        return control.shouldDropFrame(target, sent, length) ? length : super.sendTo(buffer, target);
    }

    @Override
    public int onDataPacket(DataHeaderFlyweight header, UnsafeBuffer buffer, int length, InetSocketAddress source,
            int transport) {
        return data.shouldDropFrame(source, buffer, length) ? 0
                : super.onDataPacket(header, buffer, length, source, transport);
    }

    @Override
    public void onSetupMessage(SetupFlyweight header, UnsafeBuffer buffer, int length, InetSocketAddress source,
            int transport) {
        if (!control.shouldDropFrame(source, buffer, length)) {
            super.onSetupMessage(header, buffer, length, source, transport);
        }
    }

    @Override
    public void onRttMeasurement(RttMeasurementFlyweight header, UnsafeBuffer buffer, int length,
            InetSocketAddress source, int transport) {
        if (!control.shouldDropFrame(source, buffer, length)) {
            super.onRttMeasurement(header, buffer, length, source, transport);
        }
    }
}
