package org.eden4j.transport.worker;

import java.util.BitSet;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.sbe.BehindDecoder;
import org.eden4j.transport.sbe.FailureDecoder;
import org.eden4j.transport.sbe.GoodbyeDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.LayoutWantedDecoder;
import org.eden4j.transport.sbe.MeanDecoder;
import org.eden4j.transport.sbe.PartialDecoder;
import org.eden4j.transport.sbe.RejectDecoder;
import org.eden4j.transport.sbe.RetryDecoder;
import org.eden4j.transport.sbe.RoundEndDecoder;
import org.eden4j.transport.sbe.StartDecoder;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.sbe.StateDecoder;
import org.eden4j.transport.sbe.StateEndDecoder;
import org.eden4j.transport.sbe.SupplyDecoder;
import org.eden4j.transport.sbe.WelcomeDecoder;
import org.eden4j.transport.wire.DownlinkListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the messages received by a worker: whether they belong to its aggregator's epoch and are due; passes them on
 * or counts them.
 */
final class DownlinkHandler implements DownlinkListener {
    private static final Logger LOG = LoggerFactory.getLogger(DownlinkHandler.class);

    private final WorkerLifecycle worker;
    /** Number of heartbeats since {@link #counted}, which are not work: otherwise idle agents would never park for long. */
    private int heartbeats;

    DownlinkHandler(WorkerLifecycle worker) {
        this.worker = worker;
    }

    /** Fragments received by the last poll, heartbeats excluded. */
    int counted(int fragments) {
        int work = fragments - heartbeats;
        heartbeats = 0;
        return work;
    }

    private boolean isFor(long epoch) {
        worker.heard();
        boolean mine = worker.isMemberOf(epoch);
        if (!mine) {
            worker.drop();
        }
        return mine;
    }

    private boolean isForRounds(long epoch) {
        if (!isFor(epoch)) {
            return false;
        }
        if (!worker.state().isInSync()) {
            worker.drop();
            return false;
        }
        return true;
    }

    private boolean mustWait() {
        worker.heard();
        return worker.mustWait();
    }

    private boolean isDone(WorkerRounds.Taken taken) {
        if (taken == WorkerRounds.Taken.NEVER) {
            worker.drop();
        }
        return taken != WorkerRounds.Taken.LATER;
    }

    @Override
    public boolean onWelcome(WelcomeDecoder welcome, String downlink) {
        worker.heard();
        if (!worker.isJoining() || welcome.token() != worker.token()) {
            return false;
        }
        worker.welcomed(welcome, downlinkMethod(downlink));
        return true;
    }

    /** Returns the method of means; a third-party method may be missing from this worker's class path. */
    private static Method downlinkMethod(String text) {
        try {
            return Method.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TransportException("this worker cannot take part: the job sends its means as " + text
                    + ", which is unknown here: " + e.getMessage(), e);
        }
    }

    @Override
    public void onLayoutWanted(LayoutWantedDecoder wanted) {
        worker.heard();
        if (worker.isJoining() && wanted.token() == worker.token()) {
            worker.joining().layoutWanted(worker.wish());
        }
    }

    @Override
    public void onReject(RejectDecoder reject, String reason) {
        worker.heard();
        if (worker.isJoining() && reject.token() == worker.token()) {
            worker.rejected(RejectCode.of(reject.code()), reason);
        }
    }

    @Override
    public void onStart(StartDecoder start) {
        if (isFor(start.epoch())) {
            worker.started(start.round());
        }
    }

    @Override
    public void onBehind(BehindDecoder behind) {
        if (isFor(behind.epoch())) {
            worker.processor().behind();
        }
    }

    @Override
    public void onSupply(SupplyDecoder supply) {
        if (isFor(supply.epoch())) {
            worker.state().supply(supply.parts());
        }
    }

    @Override
    public void onStateBegin(StateBeginDecoder begin) {
        if (isFor(begin.epoch()) && !worker.state().begin(begin, worker.requests().active())) {
            worker.drop();
        }
    }

    @Override
    public void onState(StateDecoder state, long payload, int payloadLength) {
        if (isFor(state.epoch()) && !worker.state().part(state, payload, payloadLength)) {
            worker.drop();
        }
    }

    @Override
    public void onStateEnd(StateEndDecoder stateEnd) {
        if (!isFor(stateEnd.epoch())) {
            return;
        }
        if (worker.state().end(stateEnd.hash(), worker.requests().active())) {
            worker.processor().finishRestored();
        } else {
            worker.drop();
        }
    }

    @Override
    public boolean onMean(MeanDecoder mean, long payload, int payloadLength) {
        return !mustWait()
                && (!isForRounds(mean.epoch()) || isDone(worker.rounds().mean(mean, payload, payloadLength)));
    }

    @Override
    public boolean onPartial(PartialDecoder partial, BitSet frames) {
        return !mustWait()
                && (!isForRounds(partial.epoch()) || isDone(worker.rounds().partial(partial, frames)));
    }

    @Override
    public boolean onRoundEnd(RoundEndDecoder roundEnd, BitSet members, BitSet contributors) {
        if (mustWait()) {
            return false;
        }
        if (!isForRounds(roundEnd.epoch())) {
            return true;
        }
        boolean done = isDone(worker.rounds().roundEnd(roundEnd, members, contributors));
        worker.processor().finishIfEnded();
        return done;
    }

    @Override
    public void onRetry(RetryDecoder retry, String reason) {
        if (isFor(retry.epoch())) {
            LOG.warn("{}; attempt {} begins", reason, retry.attempt());
            worker.rounds().retry(retry.round(), retry.attempt(), worker.state().isInSync());
        }
    }

    @Override
    public void onHeartbeat(HeartbeatDecoder heartbeat) {
        heartbeats++;
        worker.heard();
    }

    @Override
    public void onFailure(FailureDecoder failure, String reason) {
        if (isFor(failure.epoch())) {
            throw new TransportException(reason);
        }
    }

    @Override
    public void onGoodbye(GoodbyeDecoder goodbye) {
        worker.heard();
        worker.dismissed();
    }

    @Override
    public void onMalformed() {
        worker.drop();
    }
}
