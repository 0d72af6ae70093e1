package org.eden4j.transport.worker;

import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.state.ModelHash;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Says from time to time what one worker's state hashes to, before its update to the round that the state stands before.
 * Single-threaded, as the agent that owns it.
 */
final class StateComparison {
    private final int interval;
    private final ReplicaErrand errand;
    private long hash;
    private long hashedRound = -1;
    private long saidRound = -1;

    /** @param interval states are compared before each round that it divides; 0 for never */
    StateComparison(int interval, ReplicaErrand errand) {
        this.interval = interval;
        this.errand = errand;
    }

    /** What was said was not heard, or not by the one who is to hear it. */
    void restart() {
        saidRound = -1;
    }

    /**
     * Says what is due, if there is room.
     *
     * @param request in which the caller's thread waits
     * @return whether nothing is left to be said, so that the update may follow
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
