package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;

/** What a listener asks of a job, the part of {@link Worker} that makes means. */
interface Exchange {
    /** Coordinates of models and updates. */
    int dimension();

    /** See {@link Worker#shareModel}. */
    void shareModel(MemorySegment model, Replica remainder);

    /** See {@link Worker#shareState}. */
    void shareState(Replica replica);

    /** See {@link Worker#exchange}. */
    RoundResult exchange(MemorySegment update, float weight, MemorySegment mean);

    /** The round that the next exchange belongs to, see {@link Worker#round}; -1 where members are never behind. */
    default long round() {
        return -1;
    }

    /** See {@link Worker#pause}; nothing in a job that waits for its members as long as it takes. */
    default void pause() {}

    /** How long a round waits for its members; empty if as long as it takes. */
    default Optional<Duration> deadline() {
        return Optional.empty();
    }

    static Exchange of(Worker worker) {
        return new Exchange() {
            @Override
            public int dimension() {
                return worker.dimension();
            }

            @Override
            public void shareModel(MemorySegment model, Replica remainder) {
                worker.shareModel(model, remainder);
            }

            @Override
            public void shareState(Replica replica) {
                worker.shareState(replica);
            }

            @Override
            public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
                return worker.exchange(update, weight, mean);
            }

            @Override
            public long round() {
                return worker.round();
            }

            @Override
            public void pause() {
                worker.pause();
            }

            @Override
            public Optional<Duration> deadline() {
                return Optional.of(worker.deadline());
            }
        };
    }
}
