package org.eden4j.transport.state;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.StateKind;

/** Receives one state, part by part in order. Not thread-safe. */
public final class StateReceiver implements AutoCloseable {
    private final StateImage image;
    private final boolean roundEnded;
    private final int partBytes;
    private long received;
    private int parts;

    /** Creates a receiver; the sizes must have been checked against this process's limits. */
    public StateReceiver(StateKind kind, long round, boolean roundEnded, long modelBytes, long remainderBytes,
            int ledgerBytes, int mtu) {
        this.roundEnded = roundEnded;
        image = new StateImage(kind, round, modelBytes, remainderBytes, ledgerBytes);
        partBytes = StateSender.partBytes(mtu);
    }

    /** Accepts a part; returns whether it was the expected one, with the right length. */
    public boolean accept(long part, long payload, int payloadLength) {
        long left = image.totalBytes() - received;
        if (part != parts || payloadLength != Math.min(partBytes, left) || left == 0) {
            return false;
        }
        MemorySegment.copy(NativeMemory.ALL, payload, image.bytes(), received, payloadLength);
        received += payloadLength;
        parts++;
        return true;
    }

    /** Returns whether all parts have arrived, with the hash that the sender declared. */
    public boolean isWhole(long hash) {
        return received == image.totalBytes() && image.hash() == hash;
    }

    /** Returns whether the round before which the state applies had ended when it was sent. */
    public boolean hasRoundEnded() {
        return roundEnded;
    }

    public StateImage image() {
        return image;
    }

    @Override
    public void close() {
        image.close();
    }
}
