package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.sbe.StateDecoder;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.state.SharedModel;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateReceiver;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's common state, see {@link StateKind}: keeps it, supplies it on request, and adopts another member's after
 * falling behind. Not thread-safe; only replicas are saved and restored in the caller's thread.
 */
public final class WorkerState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerState.class);

    private final JobTerms terms;
    private final int index;
    private StateKind kind = StateKind.UNDECIDED;
    /** Epoch of the aggregator under which the state came about, 0 before the first. */
    private int epoch;
    private boolean inSync;
    /** True if the aggregator has said that this worker's state differs from the job's. */
    private boolean behind;
    /** Common state of this worker; null before there is any. */
    private Shared own;
    private StateReceiver receiver;
    /** True if the initial state was sent from here to the aggregator, which has to confirm it. */
    private boolean supplied;
    private final ReplicaErrand errand = new ReplicaErrand();
    private final StateSupplier supplier;
    private final StateComparison comparison;
    private StateImage taken;
    /** True if the round before which the received state applies had ended when it was sent. */
    private boolean takenLate;

    public WorkerState(JobTerms terms, int index) {
        this.terms = terms;
        this.index = index;
        supplier = new StateSupplier(terms.mtu(), errand);
        comparison = new StateComparison(terms.hashInterval(), errand);
    }

    StateLabel label(long round) {
        return new StateLabel(kind, epoch, round);
    }

    /** Returns whether this worker's state is the job's, so that it may take part in rounds. */
    boolean isInSync() {
        return inSync;
    }

    /** Returns whether this worker's state has ever been the job's. */
    boolean wasInSync() {
        return epoch != 0;
    }

    boolean isDecided() {
        return kind != StateKind.UNDECIDED;
    }

    /** Records the first exchange without a share: members have only the round in common. */
    void decideNone() {
        if (kind == StateKind.UNDECIDED) {
            kind = StateKind.NONE;
        }
    }

    /** Handles the loss of the link, which voids transfers on it. */
    public void disconnect() {
        inSync = false;
        behind = false;
        supplied = false;
        supplier.disconnect();
        comparison.restart();
        closeReceiver();
    }

    /**
     * Handles the aggregator's notice that this worker's state is the job's.
     *
     * @return whether it confirms the initial state supplied by {@code share}
     */
    boolean start(int jobEpoch, Request.Share share) {
        inSync = true;
        behind = false;
        epoch = jobEpoch;
        boolean confirmed = supplied && share != null;
        if (confirmed) {
            adopt(share);
        }
        return confirmed;
    }

    private void adopt(Request.Share share) {
        own = share.shared;
        kind = own.kind();
        supplied = false;
    }

    void behind() {
        inSync = false;
        behind = true;
        closeReceiver();
    }

    /** Sends the hash of the state before this round if it is due; returns whether no hash remains to be sent. */
    boolean compare(UplinkProxy uplink, int jobEpoch, long round, Request request, LongWork work) {
        return comparison.say(uplink, jobEpoch, index, round, kind, own, request, work);
    }

    /** Handles the aggregator's request for these parts of the state, as bits of Supply. */
    public void supply(int parts) {
        supplier.want(parts);
    }

    /** Returns whether a state is in transit from here: updates wait for it, so that rounds do not outrun it. */
    boolean isSupplying() {
        return supplier.isSending();
    }

    /** Returns the kind of state that a request needs. */
    StateKind wanted(Request request) {
        return request instanceof Request.Share share ? share.shared.kind() : kind;
    }

    private Shared shared(Request request) {
        return request instanceof Request.Share share ? share.shared : own;
    }

    /** Returns whether to request the job's state, because none is arriving yet. */
    boolean isWanting(Request request) {
        return (behind || request instanceof Request.Share) && receiver == null && errand.isIdle()
                && supplier.isIdle() && !supplied;
    }

    /** Returns whether the caller's thread is restoring a state, so that no link may be opened. */
    public boolean isBusy() {
        return errand.isRestorePosted();
    }

    /**
     * Checks whether the caller's replica has thrown an exception.
     *
     * @throws TransportException if it has: this worker then has no state from which it could continue
     */
    void check() {
        TransportException failure = errand.failure();
        if (failure != null) {
            closeTaken();
            throw failure;
        }
    }

    /** Returns whether a received state is not in place yet, so that later messages must wait. */
    boolean isTaking() {
        return taken != null;
    }

    /** Accepts the head of the state that {@code request} has requested; returns whether it is of the right kind and size. */
    boolean begin(StateBeginDecoder begin, Request request) {
        closeReceiver();
        StateKind offered = StateKind.of(begin.kind());
        if (request == null || offered != wanted(request)) {
            return false;
        }
        long model = offered.hasModel() ? terms.vectorBytes() : 0;
        long remainder = offered.hasRemainder() ? shared(request).replicaBytes() : 0;
        boolean keepsOwn = offered.hasModel() && begin.remainderBytes() == 0;
        if (begin.modelBytes() != model || begin.remainderBytes() != remainder && !keepsOwn) {
            throw new TransportException("the job's state has " + (begin.modelBytes() + begin.remainderBytes())
                    + " bytes, this worker's " + (model + remainder));
        }
        if (begin.ledgerBytes() > Ledger.largestBytes(terms.workers(), terms.frames().mostFrames())) {
            return false;
        }
        if (keepsOwn && remainder > 0 && !isDecided()) {
            LOG.warn(
                    "no member that could supply a remainder is left: worker {} adopts the model before round {} and keeps "
                            + "its own remainder",
                    index, begin.round());
        }
        boolean roundEnded = (begin.flags() & Protocol.STATE_ROUND_ENDED) != 0;
        receiver = new StateReceiver(offered, begin.round(), roundEnded, model, begin.remainderBytes(),
                (int) begin.ledgerBytes(), terms.mtu());
        return true;
    }

    boolean part(StateDecoder part, long payload, int payloadLength) {
        return receiver != null && receiver.accept(part.frame(), payload, payloadLength);
    }

    /**
     * Ends the received state; the caller's thread restores a replica before {@link #restored()} returns it.
     *
     * @return whether it is complete; otherwise it must be requested again
     */
    boolean end(long hash, Request request) {
        if (receiver == null || request == null) {
            return false;
        }
        if (!errand.isIdle()) {
            closeReceiver(); // the caller's thread does one thing at a time
            return false;
        }
        boolean whole = receiver.isWhole(hash);
        if (whole) {
            taken = receiver.image().hold();
            takenLate = receiver.hasRoundEnded();
            if (taken.kind().hasModel()) {
                shared(request).model().copyFrom(taken.model());
            }
            if (taken.remainderBytes() > 0) {
                errand.restore(request, shared(request).replica(), taken);
            }
        } else {
            LOG.warn("the job's state arrived damaged and is requested again");
        }
        closeReceiver();
        return whole;
    }

    /**
     * Returns a state that this worker has adopted completely, which the caller closes; null if there is none.
     *
     * @param member whether the link on which it arrived still exists
     */
    StateImage restored(int jobEpoch, Request request, boolean member) {
        if (taken == null || errand.isRestoring()) {
            return null;
        }
        check();
        errand.end();
        if (request instanceof Request.Share share) {
            adopt(share);
        }
        inSync = member;
        behind = false;
        epoch = jobEpoch;
        StateImage image = taken;
        taken = null;
        return image;
    }

    /** Returns whether the round of the last adopted state had already ended. */
    boolean wasTakenLate() {
        return takenLate;
    }

    /** Adds the mean of a round to the model, if there is one. */
    void add(MemorySegment mean) {
        if (kind.hasModel()) {
            SharedModel.add(mean, terms.down().blocks().runs(), own.model());
        }
    }

    /**
     * Sends the requested state, as many messages as the log has space for.
     *
     * @return the number of messages sent
     */
    public int send(UplinkProxy uplink, int jobEpoch, long round, Ledger ledger, Request request, int limit) {
        check();
        StateKind what = isDecided() || request == null ? kind : wanted(request);
        supplier.prepare(what, what.parts() == 0 ? null : shared(request), round, ledger, request);
        if (!supplier.isSending()) {
            return 0;
        }
        int sent = supplier.send(uplink, jobEpoch, index, limit);
        supplied |= !supplier.isSending() && !isDecided();
        return sent;
    }

    private void closeReceiver() {
        if (receiver != null) {
            receiver.close();
            receiver = null;
        }
    }

    private void closeTaken() {
        if (taken != null) {
            taken.close();
            taken = null;
        }
    }

    @Override
    public void close() {
        closeReceiver();
        supplier.close();
        closeTaken();
    }
}
