package org.eden4j.transport.aggregator;

import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateSender;
import org.eden4j.transport.wire.DownlinkProxy;

/** The state that one member is being sent, if it is being sent one. Single-threaded. */
final class StateFeed implements AutoCloseable {
    private static final int PARTS_AT_A_TIME = 16;

    private StateSender sender;

    /** Sends this image from now on; {@code roundEnded} if the mean of its round is complete. */
    void start(StateImage image, boolean roundEnded, int mtu) {
        close();
        sender = new StateSender(image.hold(), roundEnded, mtu);
    }

    /** Whether there is anything to be sent. */
    boolean isActive() {
        return sender != null;
    }

    /**
     * Sends as much as there is room for.
     *
     * @return messages sent
     */
    int send(DownlinkProxy downlink, int epoch) {
        int sent = sender.send(downlink, epoch, BlockSeed.AGGREGATOR, PARTS_AT_A_TIME);
        if (sender.isEnded()) {
            close();
        }
        return sent;
    }

    /** Nothing is to be sent any more. */
    @Override
    public void close() {
        if (sender != null) {
            sender.close();
            sender = null;
        }
    }
}
