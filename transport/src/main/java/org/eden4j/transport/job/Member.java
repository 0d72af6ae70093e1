package org.eden4j.transport.job;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.eden4j.compressor.Method;

/**
 * One member of a job: a {@link org.eden4j.transport.Worker} if the other members are in other processes or on other
 * hosts, or a member of a {@link org.eden4j.transport.local.LocalJob} if they are threads of this JVM. With the same
 * methods, layout, seed and number of workers both return the same means, bit for bit.
 *
 * <p>Vectors are float32, on or off the heap, with {@link #dimension()} coordinates. A failed exchange removes this
 * member from the job: every later call fails with the same reason, and the others continue without it.
 * {@code exchange}, {@code shareModel}, {@code shareState} and {@code pause} may be called by one thread at a time,
 * {@code close} by any thread at any time.
 */
public interface Member extends AutoCloseable {
    /** Returns this member's number, 0 to {@link #workers()} - 1. */
    int index();

    /** Returns the number of places: the members with which the job started, or its capacity if more may join. */
    int workers();

    int dimension();

    long jobSeed();

    /** Returns the compression method of updates. */
    Method method();

    /** Returns the compression method of means. */
    Method downlink();

    /** Returns how long a round waits for its members after its first update; empty if it waits without limit. */
    default Optional<Duration> deadline() {
        return Optional.empty();
    }

    /** Returns the round of the next {@link #exchange}, as known to this member. */
    long round();

    /**
     * Gives all members the same model. When the job starts, the member with the lowest number supplies it and all
     * others receive it in place, bit-identical; a later joiner receives the current model. From then on each member
     * adds the mean of every round it exchanges to its model, in place and in float32.
     *
     * <p>Either all members call the same one of the three share methods once before their first exchange, or none
     * does.
     *
     * @param model float32[dimension]; owned by the member while it is open: others may only read it, between calls
     */
    void shareModel(MemorySegment model);

    /**
     * As {@link #shareModel(MemorySegment)}, for members that have more in common than the model, such as updater state
     * and counters of iterations and epochs.
     *
     * @param remainder saved by one member and restored by others, each in its calling thread
     */
    void shareModel(MemorySegment model, Replica remainder);

    /** As {@link #shareModel}, for updates that are gradients, so that only the members can apply a mean. */
    void shareState(Replica replica);

    /**
     * Runs one round: submits an update and blocks until the mean is complete.
     *
     * @param update float32[dimension], not changed; absent coordinates are ignored
     * @param weight this update's weight in the mean, such as its number of examples; finite, not negative
     * @param mean float32[dimension], overwritten; undefined after a failure and if the result says that this member
     *         was resynchronised; may be {@code update} itself. Absent coordinates are left unchanged
     * @return what was counted; if this member was resynchronised there is no mean
     * @throws TransportException if the job failed, with the reason
     * @throws org.eden4j.compressor.NonFiniteGradientException if the update cannot be encoded; this member has then
     *         left the job
     */
    RoundResult exchange(MemorySegment update, float weight, MemorySegment mean);

    /**
     * Pauses until the next {@link #exchange}: rounds do not wait for this member. If rounds have ended in the
     * meantime, that exchange {@linkplain RoundResult#resynchronised() resynchronises} it first.
     */
    void pause();

    /** Leaves the job; the others continue. May be called from any thread, even during an exchange, which then fails. */
    @Override
    void close();
}
