package org.eden4j.transport.worker;

import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.state.ModelHash;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Sends the hash of a worker's state at intervals, before its update to the round to which the state belongs.
 * Single-threaded, like the agent that owns it.
 */
final class StateComparison {
    private final int interval;
    private final ReplicaErrand errand;
    private long hash;
    private long hashedRound = -1;
    private long saidRound = -1;

    /** @param interval states are compared before each round that is a multiple of this number; 0 for never */
    StateComparison(int interval, ReplicaErrand errand) {
        this.interval = interval;
        this.errand = errand;
    }

    /** Sends the hash again, because the link or the aggregator has changed. */
    void restart() {
        saidRound = -1;
    }

    /**
     * Sends a due hash, if the log has space.
     *
     * @param request the request in which the caller's thread waits
     * @return whether no hash remains to be sent, so that the update may follow
     */
    boolean say(UplinkProxy uplink, int epoch, int worker, long round, StateKind kind, Shared shared, Request request,
            LongWork work) {
        if (interval == 0 || round == 0 || round % interval != 0 || kind.parts() == 0 || saidRound == round) {
            return true;
        }
        if (hashedRound != round && !isHashed(round, kind, shared, request, work)) {
            return false;
        }
        if (uplink.replicaHash(epoch, round, worker, hash)) {
            saidRound = round;
        }
        return saidRound == round;
    }

    private boolean isHashed(long round, StateKind kind, Shared shared, Request request, LongWork work) {
        if (kind.hasModel()) {
            hash = work.call(shared.model().byteSize(), () -> ModelHash.of(shared.model()));
            hashedRound = round;
        } else if (errand.isIdle()) {
            errand.hash(request, shared, round);
        } else {
            Long saved = errand.takeHash(round);
            if (saved != null) {
                hash = saved;
                hashedRound = round;
            }
        }
        return hashedRound == round;
    }
}
