package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;

/** The part of a {@link Member} that a listener uses. */
interface Exchange {
    /** Returns the number of coordinates of a model and of an update. */
    int dimension();

    /** See {@link Member#shareModel}. */
    void shareModel(MemorySegment model, Replica remainder);

    /** See {@link Member#shareState}. */
    void shareState(Replica replica);

    /** See {@link Member#exchange}. */
    RoundResult exchange(MemorySegment update, float weight, MemorySegment mean);

    /** Returns the round of the next exchange, see {@link Member#round}; -1 in a job whose members never fall behind. */
    default long round() {
        return -1;
    }

    /** See {@link Member#pause}; does nothing in a job that waits for its members without limit. */
    default void pause() {}

    /** Returns how long a round waits for its members; empty if it waits without limit. */
    default Optional<Duration> deadline() {
        return Optional.empty();
    }

    static Exchange of(Member member) {
        return new Exchange() {
            @Override
            public int dimension() {
                return member.dimension();
            }

            @Override
            public void shareModel(MemorySegment model, Replica remainder) {
                member.shareModel(model, remainder);
            }

            @Override
            public void shareState(Replica replica) {
                member.shareState(replica);
            }

            @Override
            public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
                return member.exchange(update, weight, mean);
            }

            @Override
            public long round() {
                return member.round();
            }

            @Override
            public void pause() {
                member.pause();
            }

            @Override
            public Optional<Duration> deadline() {
                return member.deadline();
            }
        };
    }
}
