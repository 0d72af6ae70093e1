package org.eden4j.transport;

import java.lang.foreign.MemorySegment;

/** Receives one state, part by part in order. Not thread-safe. */
final class StateReceiver implements AutoCloseable {
    private final StateImage image;
    private final boolean roundEnded;
    private final int partBytes;
    private long received;
    private int parts;

    /** The sizes were checked against what this process may hold. */
    StateReceiver(StateKind kind, long round, boolean roundEnded, long modelBytes, int ledgerBytes, int mtu) {
        this.roundEnded = roundEnded;
        image = new StateImage(kind, round, modelBytes, ledgerBytes);
        partBytes = StateSender.partBytes(mtu);
    }

    /** Takes the next part; whether it is the one that was due, and of the right length. */
    boolean accept(long part, long payload, int payloadLength) {
        long left = image.totalBytes() - received;
        if (part != parts || payloadLength != Math.min(partBytes, left) || left == 0) {
            return false;
        }
        MemorySegment.copy(NativeMemory.ALL, payload, image.bytes(), received, payloadLength);
        received += payloadLength;
        parts++;
        return true;
    }

    /** Whether all has come, with the hash that its sender declared. */
    boolean isWhole(long hash) {
        return received == image.totalBytes() && image.hash() == hash;
    }

    /** Whether the round that the state stands before had ended when it was sent. */
    boolean hasRoundEnded() {
        return roundEnded;
    }

    StateImage image() {
        return image;
    }

    @Override
    public void close() {
        image.close();
    }
}
