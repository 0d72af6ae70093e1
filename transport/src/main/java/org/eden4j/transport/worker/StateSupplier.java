package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateSender;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Supplies one worker's common state when the aggregator requests it: the model at once, and the rest, which is opaque
 * to transport, once the caller's thread has saved it. Single-threaded, like the agent that owns it.
 */
final class StateSupplier implements AutoCloseable {
    private final int mtu;
    private final ReplicaErrand errand;
    private boolean wanted;
    /** Requested parts, as bits of Supply. */
    private int parts;
    private StateSender sender;

    StateSupplier(int mtu, ReplicaErrand errand) {
        this.mtu = mtu;
        this.errand = errand;
    }

    /** Handles the aggregator's request for these parts. */
    void want(int newParts) {
        wanted = true;
        parts = newParts;
    }

    /** Returns whether everything requested has been sent. */
    boolean isIdle() {
        return !wanted && sender == null;
    }

    /** Returns whether a state is in transit: updates wait for it, so that rounds do not outrun it. */
    boolean isSending() {
        return sender != null;
    }

    /** Handles the loss of the link. */
    void disconnect() {
        wanted = false;
        errand.cancelSave();
        close();
    }

    /**
     * Prepares the requested parts, if that is possible now.
     *
     * @param kind the kind of the state; undecided while the caller has shared nothing
     * @param request the request in which the caller's thread waits; null if there is none
     */
    void prepare(StateKind kind, Shared shared, long round, Ledger ledger, Request request) {
        StateImage saved = errand.takeSaved();
        if (saved != null) {
            start(saved);
        }
        boolean saves = kind.hasRemainder() && (parts & Protocol.SUPPLY_REMAINDER) != 0;
        if (!wanted || !errand.isIdle() || kind == StateKind.UNDECIDED || saves && request == null) {
            return;
        }
        wanted = false;
        boolean copies = kind.hasModel() && (parts & Protocol.SUPPLY_MODEL) != 0;
        MemorySegment model = copies ? shared.model() : MemorySegment.NULL;
        if (saves) {
            errand.save(request, shared, model, round, ledger);
        } else {
            start(StateImage.of(kind, round, model, MemorySegment.NULL, ledger.toBytes()));
        }
    }

    private void start(StateImage image) {
        close();
        sender = new StateSender(image, mtu);
    }

    /**
     * Sends as much as the log has space for.
     *
     * @return the number of messages sent
     */
    int send(UplinkProxy uplink, int epoch, int worker, int limit) {
        int sent = sender.send(uplink, epoch, worker, limit);
        if (sender.isEnded()) {
            close();
        }
        return sent;
    }

    @Override
    public void close() {
        if (sender != null) {
            sender.close();
            sender = null;
        }
    }
}
