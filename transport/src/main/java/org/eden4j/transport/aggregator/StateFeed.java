package org.eden4j.transport.aggregator;

import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateSender;
import org.eden4j.transport.wire.DownlinkProxy;

/** The state that is being sent to one member, if any. Single-threaded. */
final class StateFeed implements AutoCloseable {
    private static final int PARTS_AT_A_TIME = 16;

    private StateSender sender;

    /** Starts sending this image; {@code roundEnded} if the mean of its round is complete. */
    void start(StateImage image, boolean roundEnded, int mtu) {
        close();
        sender = new StateSender(image.hold(), roundEnded, mtu);
    }

    /** Returns whether a state is being sent. */
    boolean isActive() {
        return sender != null;
    }

    /**
     * Sends as much as the log has space for.
     *
     * @return the number of messages sent
     */
    int send(DownlinkProxy downlink, int epoch) {
        int sent = sender.send(downlink, epoch, BlockSeed.AGGREGATOR, PARTS_AT_A_TIME);
        if (sender.isEnded()) {
            close();
        }
        return sent;
    }

    /** Stops sending. */
    @Override
    public void close() {
        if (sender != null) {
            sender.close();
            sender = null;
        }
    }
}
