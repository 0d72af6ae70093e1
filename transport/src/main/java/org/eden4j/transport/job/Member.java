package org.eden4j.transport.job;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.eden4j.compressor.Method;

/**
 * One member of a job, wherever the others are: {@link org.eden4j.transport.Worker} where they are other processes or hosts,
 * a member of a {@link org.eden4j.transport.local.LocalJob} where they are threads of this JVM. With the same methods, layout,
 * seed and number of workers both return the same means, bit for bit.
 *
 * <p>Vectors are float32, on the heap or off it, {@link #dimension()} coordinates. Once an exchange has failed this member has
 * left the job: every later call fails with the same reason, and the others go on without it. One thread at a time may call
 * {@code exchange}, {@code shareModel}, {@code shareState} and {@code pause}; {@code close} any, at any time.
 */
public interface Member extends AutoCloseable {
    /** This member's number, 0 to {@link #workers()} - 1. */
    int index();

    /** The job's places: members with which it started, or the capacity if more may join. */
    int workers();

    int dimension();

    long jobSeed();

    /** How updates travel. */
    Method method();

    /** How means travel. */
    Method downlink();

    /** How long a round waits for its members, from its first update on; empty if as long as it takes. */
    default Optional<Duration> deadline() {
        return Optional.empty();
    }

    /** The round that the next {@link #exchange} belongs to, as far as this member knows. */
    long round();

    /**
     * Makes all members have the same model: when the job begins, the one with the lowest number supplies it and all others
     * receive it in place, bit-identical; who joins later receives the model as it has become. From then on each member adds to
     * it, in place and in float32, the mean of every round it exchanges.
     *
     * <p>Either all members call this or one of the other shares once before their first exchange, or none.
     *
     * @param model float32[dimension]; the member's as long as it is open: others only read it, between calls
     */
    void shareModel(MemorySegment model);

    /**
     * As {@link #shareModel(MemorySegment)} where members have more in common than the model, such as an updater's state and
     * counters of iterations and epochs.
     *
     * @param remainder saved by one member, restored by others, in the threads that call them
     */
    void shareModel(MemorySegment model, Replica remainder);

    /** As {@link #shareModel} where updates are gradients, so that only the members know what becomes of a mean. */
    void shareState(Replica replica);

    /**
     * One round: hands in an update, blocks until the mean is complete.
     *
     * @param update float32[dimension], not changed; absent coordinates are not looked at
     * @param weight this update's weight in the mean, such as its number of examples; finite, not negative
     * @param mean float32[dimension], overwritten, undefined after a failure and where the result says that this member was
     *        resynchronised; may be {@code update} itself. Absent coordinates stay as they are
     * @return what was counted; where this member was resynchronised there is no mean
     * @throws TransportException if the job failed, with the reason
     * @throws org.eden4j.compressor.NonFiniteGradientException if the update cannot be encoded; this member then has left the
     *         job
     */
    RoundResult exchange(MemorySegment update, float weight, MemorySegment mean);

    /**
     * Takes no part until the next {@link #exchange}: rounds do not wait for this member. Where rounds have ended meanwhile that
     * exchange {@linkplain RoundResult#resynchronised() resynchronises} it first.
     */
    void pause();

    /** Leaves the job; the others go on. May be called from any thread, also during an exchange, which then fails. */
    @Override
    void close();
}
