package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;

/** What a listener asks of a job, the part of {@link Member} that makes means. */
interface Exchange {
    /** Coordinates of models and updates. */
    int dimension();

    /** See {@link Member#shareModel}. */
    void shareModel(MemorySegment model, Replica remainder);

    /** See {@link Member#shareState}. */
    void shareState(Replica replica);

    /** See {@link Member#exchange}. */
    RoundResult exchange(MemorySegment update, float weight, MemorySegment mean);

    /** The round that the next exchange belongs to, see {@link Member#round}; -1 where members are never behind. */
    default long round() {
        return -1;
    }

    /** See {@link Member#pause}; nothing in a job that waits for its members as long as it takes. */
    default void pause() {}

    /** How long a round waits for its members; empty if as long as it takes. */
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
