package org.eden4j.transport.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.StateKind;

/**
 * A snapshot of a state in the form in which it is sent: the bytes of the model, those of the remainder, which are
 * opaque to transport, and those of the ledger. Shared by the members to which it is sent, and freed when the last of
 * them has released it. Single-threaded.
 */
public final class StateImage implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final StateKind kind;
    private final long round;
    private final long modelBytes;
    private final long remainderBytes;
    private final int ledgerBytes;
    private final MemorySegment bytes;
    private int holders = 1;

    /** Creates an image to be filled, see {@link #bytes()}. */
    StateImage(StateKind kind, long round, long modelBytes, long remainderBytes, int ledgerBytes) {
        this.kind = kind;
        this.round = round;
        this.modelBytes = modelBytes;
        this.remainderBytes = remainderBytes;
        this.ledgerBytes = ledgerBytes;
        bytes = NativeMemory.allocate(arena, totalBytes());
    }

    /** Returns an image without model and remainder. */
    public static StateImage of(StateKind kind, long round, Ledger ledger) {
        return of(kind, round, MemorySegment.NULL, MemorySegment.NULL, ledger.toBytes());
    }

    /** Returns a copy of a model and a remainder, either of which may be empty, and of a serialized ledger. */
    public static StateImage of(StateKind kind, long round, MemorySegment model, MemorySegment remainder,
            byte[] written) {
        StateImage image = new StateImage(kind, round, model.byteSize(), remainder.byteSize(), written.length);
        image.model().copyFrom(model);
        image.remainder().copyFrom(remainder);
        MemorySegment.copy(written, 0, image.bytes, ValueLayout.JAVA_BYTE, image.modelBytes + image.remainderBytes,
                written.length);
        return image;
    }

    public StateKind kind() {
        return kind;
    }

    /** Returns the round before which the state applies. */
    public long round() {
        return round;
    }

    public long modelBytes() {
        return modelBytes;
    }

    public long remainderBytes() {
        return remainderBytes;
    }

    int ledgerBytes() {
        return ledgerBytes;
    }

    /** Returns the whole image. */
    public MemorySegment bytes() {
        return bytes;
    }

    public MemorySegment model() {
        return bytes.asSlice(0, modelBytes);
    }

    public MemorySegment remainder() {
        return bytes.asSlice(modelBytes, remainderBytes);
    }

    public byte[] ledger() {
        return bytes.asSlice(modelBytes + remainderBytes, ledgerBytes).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Returns the size of the image in bytes. */
    public long totalBytes() {
        return modelBytes + remainderBytes + ledgerBytes;
    }

    long hash() {
        return ModelHash.of(bytes.asSlice(0, totalBytes()));
    }

    public StateImage hold() {
        holders++;
        return this;
    }

    /** Releases the image; the last release frees the memory. */
    @Override
    public void close() {
        if (--holders == 0) {
            arena.close();
        }
    }
}
