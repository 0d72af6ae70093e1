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
 * What one worker has in common with the others, see {@link StateKind}: keeps it, supplies it when it is asked to, and takes
 * another member's when it has fallen behind. Not thread-safe; only replicas are saved and restored in the caller's thread.
 */
public final class WorkerState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerState.class);

    private final JobTerms terms;
    private final int index;
    private StateKind kind = StateKind.UNDECIDED;
    /** Of the aggregator under which the state came about, 0 before the first. */
    private int epoch;
    private boolean inSync;
    /** Whether the aggregator has said that this worker's state is not the job's. */
    private boolean behind;
    /** What this worker has in common with others; null before there is anything. */
    private Shared own;
    private StateReceiver receiver;
    /** Whether the initial state went from here to the aggregator, which is to confirm it. */
    private boolean supplied;
    private final ReplicaErrand errand = new ReplicaErrand();
    private final StateSupplier supplier;
    private final StateComparison comparison;
    private StateImage taken;
    /** Whether the round that it stands before had ended when it was sent. */
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

    /** Whether this worker's state is the job's, so that it may take part in rounds. */
    boolean isInSync() {
        return inSync;
    }

    /** Whether it ever was. */
    boolean wasInSync() {
        return epoch != 0;
    }

    boolean isDecided() {
        return kind != StateKind.UNDECIDED;
    }

    /** The first exchange without a share: there is nothing in common but the round. */
    void decideNone() {
        if (kind == StateKind.UNDECIDED) {
            kind = StateKind.NONE;
        }
    }

    /** The way is lost: what was under way on it is void. */
    public void disconnect() {
        inSync = false;
        behind = false;
        supplied = false;
        supplier.disconnect();
        comparison.restart();
        closeReceiver();
    }

    /**
     * The aggregator says that this worker's state is the job's.
     *
     * @return whether that confirms the initial state that {@code share} has supplied
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

    /** Says what the state before this round hashes to if that is due; whether nothing is left to be said. */
    boolean compare(UplinkProxy uplink, int jobEpoch, long round, Request request, LongWork work) {
        return comparison.say(uplink, jobEpoch, index, round, kind, own, request, work);
    }

    /** The aggregator asks for these parts of the state, as bits of Supply. */
    public void supply(int parts) {
        supplier.want(parts);
    }

    /** Whether a state is on its way from here: updates wait for it, so that rounds do not outrun it. */
    boolean isSupplying() {
        return supplier.isSending();
    }

    /** The kind that a request asks for. */
    StateKind wanted(Request request) {
        return request instanceof Request.Share share ? share.shared.kind() : kind;
    }

    private Shared shared(Request request) {
        return request instanceof Request.Share share ? share.shared : own;
    }

    /** Whether to ask for the job's state: nothing comes yet. */
    boolean isWanting(Request request) {
        return (behind || request instanceof Request.Share) && receiver == null && errand.isIdle()
                && supplier.isIdle() && !supplied;
    }

    /** Whether the caller's thread is taking a state over, and no way to be taken meanwhile. */
    public boolean isBusy() {
        return errand.isRestorePosted();
    }

    /**
     * Looks whether the caller's replica has thrown.
     *
     * @throws TransportException if it has: this worker has no state then that it could go on from
     */
    void check() {
        TransportException failure = errand.failure();
        if (failure != null) {
            closeTaken();
            throw failure;
        }
    }

    /** Whether a state has come that is not in its place yet: what follows it has to wait. */
    boolean isTaking() {
        return taken != null;
    }

    /** The head of a state that {@code request} has asked for; whether it is of the right kind and size. */
    boolean begin(StateBeginDecoder begin, Request request) {
        closeReceiver();
        StateKind offered = StateKind.of(begin.kind());
        if (request == null || offered != wanted(request)) {
            return false;
        }
        long model = offered.hasModel() ? terms.vectorBytes() : 0;
        long remainder = offered.hasRemainder() ? shared(request).replicaBytes() : 0;
        boolean keepsOwn = offered.hasModel() && isDecided() && begin.remainderBytes() == 0;
        if (begin.modelBytes() != model || begin.remainderBytes() != remainder && !keepsOwn) {
            throw new TransportException("the job's state has " + (begin.modelBytes() + begin.remainderBytes())
                    + " bytes, this worker's " + (model + remainder));
        }
        if (begin.ledgerBytes() > Ledger.largestBytes(terms.workers(), terms.frames().mostFrames())) {
            return false;
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
     * All has come; a replica is restored by the caller's thread before {@link #restored()} has it.
     *
     * @return whether it is whole; otherwise it is to be asked for again
     */
    boolean end(long hash, Request request) {
        if (receiver == null || request == null) {
            return false;
        }
        if (!errand.isIdle()) {
            closeReceiver(); // the caller's thread has one thing to do at a time
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
            LOG.warn("the job's state came in damaged, it is asked for again");
        }
        closeReceiver();
        return whole;
    }

    /**
     * A state that this worker has taken over entirely; the caller closes it. Null if there is none.
     *
     * @param member whether the way on which it came is still there
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

    /** Whether the round of the last state that was taken over had ended already. */
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
     * Sends the requested state, as many messages as there is room for.
     *
     * @return messages sent
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
