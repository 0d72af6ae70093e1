package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateSender;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Supplies what one worker has in common with the others when the aggregator asks for it: the model at once, what only the
 * caller's program understands once the caller's thread has saved it. Single-threaded, as the agent that owns it.
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

    /** The aggregator asks for these parts. */
    void want(int newParts) {
        wanted = true;
        parts = newParts;
    }

    /** Whether nothing was asked for that was not sent. */
    boolean isIdle() {
        return !wanted && sender == null;
    }

    /** Whether a state is on its way: updates wait for it, so that rounds do not outrun it. */
    boolean isSending() {
        return sender != null;
    }

    /** The way is lost. */
    void disconnect() {
        wanted = false;
        errand.cancelSave();
        close();
    }

    /**
     * Prepares the requested parts, if that is possible now.
     *
     * @param kind of the state; undecided while the caller has shared nothing
     * @param request in which the caller's thread waits; null if it does not
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
     * Sends as much as there is room for.
     *
     * @return messages sent
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
