package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.agrona.concurrent.AgentRunner;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JobOffer;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.AgentThreads;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.Exposure;
import org.eden4j.transport.media.JvmFlags;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.worker.Inquiry;
import org.eden4j.transport.worker.Membership;
import org.eden4j.transport.worker.Memberships;
import org.eden4j.transport.worker.ShardCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a job: submits updates and receives the mean of all members' updates.
 *
 * <pre>{@code
 * try (Worker worker = Worker.builder(JobAddress.parse("udp:127.0.0.1:7400"), dimension, Eden.unbiased(4)).join()) {
 *     worker.shareModel(model);                               // optional: all start from the same model
 *     while (training) {
 *         RoundResult result = worker.exchange(update, examples, mean);
 *     }
 * }
 * }</pre>
 *
 * <p>Vectors are float32, on or off the heap, with {@code dimension} coordinates. The worker's own thread does all
 * Aeron work, so heartbeats continue while the caller trains; segments must be accessible from that thread (heap
 * arrays, {@code Arena.ofShared()}, {@code Arena.ofAuto()}, buffers).
 *
 * <p>If the job's vector is cut into shards, a worker is a member of all their aggregators, through one media driver
 * and one thread; an exchange ends when it has ended in all of them. It returns the same mean, to the last bit, for any
 * number of shards.
 *
 * <p>A worker outlives its aggregator and media driver: it looks for them, joins again under its identity, and receives
 * the job's state if the job has continued without it.
 *
 * <p>A failed exchange removes this worker from the job: every later call fails with the same reason, and the other
 * members continue without it. One thread at a time may call {@link #exchange}, {@link #shareModel} and
 * {@link #shareState}.
 */
public final class Worker implements Member {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final AgentRunner runner;
    private final Memberships memberships;
    private final Membership membership;
    private final ShardCalls shards;
    /** Aggregator of the shard that this process hosts; null if it hosts none. */
    private final Aggregator hosted;
    private final Duration patience;
    private boolean closed;

    /**
     * @param memberships memberships that have joined
     * @param hosted the aggregator of the shard that this process hosts, null if it hosts none
     * @param patience how long to wait for the other members to leave the hosted shard
     */
    Worker(AgentRunner runner, Memberships memberships, Aggregator hosted, Duration patience) {
        this.runner = runner;
        this.memberships = memberships;
        this.hosted = hosted;
        this.patience = patience;
        membership = memberships.joined().join().getFirst();
        shards = new ShardCalls(memberships, runner.thread());
    }

    /**
     * Starts the configuration of a join.
     *
     * @param address the job's address
     * @param dimension the number of coordinates of an update, at least 1
     * @param method the compression method of updates, which must be the aggregator's
     */
    public static WorkerBuilder builder(JobAddress address, int dimension, Method method) {
        return new WorkerBuilder(address, dimension, method);
    }

    /**
     * Requests the terms of a job without joining, for a worker that adopts method, dimension and agreement from the
     * job. The first member sets the terms that are open in the answer.
     *
     * @param address the job's address
     * @param limit time limit for finding the aggregator and receiving its answer
     * @param insecure whether a network may reach the address, see {@link WorkerBuilder#insecure}
     * @throws TransportException if no answer arrives, it names an unknown method, this JVM lacks a flag, a network can
     *         reach the address and this was not allowed, or this thread was interrupted, in which case its interrupt
     *         flag is set
     */
    public static JobOffer offer(JobAddress address, Duration limit, boolean insecure) {
        JvmFlags.check();
        Exposure.check(address, insecure);
        try {
            return Inquiry.ask(address.shards().getFirst(), Connection.defaultMtu(address), limit,
                    new SecureRandom().nextLong());
        } catch (TransportException e) {
            throw new TransportException("cannot ask at " + address + ": " + e.getMessage(), e);
        }
    }

    @Override
    public int index() {
        return membership.index();
    }

    @Override
    public int workers() {
        return membership.terms().workers();
    }

    @Override
    public int dimension() {
        return membership.terms().dimension();
    }

    @Override
    public long jobSeed() {
        return membership.terms().jobSeed();
    }

    @Override
    public Method method() {
        return membership.terms().method();
    }

    @Override
    public Method downlink() {
        return membership.terms().downlink();
    }

    @Override
    public Optional<Duration> deadline() {
        return Optional.of(Duration.ofNanos(membership.terms().deadlineNs()));
    }

    public int mtu() {
        return membership.terms().mtu();
    }

    /** Returns the number of shards of the job's vector. */
    public int shards() {
        return membership.terms().shard().count();
    }

    /**
     * Returns the round of the next {@link #exchange}, as known to this worker. Right after a join it is the open
     * round. An exchange or share that brings this worker up to date may set it to a round that has ended: the next
     * exchange then returns that round's mean and does not count its update.
     */
    @Override
    public long round() {
        return shards.round();
    }

    /**
     * Gives all members the same model. When the job starts, the member with the lowest number supplies it and all
     * others receive it in place, bit-identical; a later joiner receives the current model. From then on the worker
     * adds the mean of every round it exchanges to its model, in place and in float32, and the aggregator does the same
     * with its copy. So {@code model} is the common model after every {@link #exchange}, including one that has
     * {@linkplain RoundResult#resynchronised() resynchronised} this worker.
     *
     * <p>Either all members call this method or {@link #shareState} once before their first exchange, or none does.
     */
    @Override
    public synchronized void shareModel(MemorySegment model) {
        check(model, "model", true);
        call(() -> shards.share(model, null));
    }

    /**
     * As {@link #shareModel(MemorySegment)}, for members that have more in common than the model, such as updater state
     * and counters of iterations and epochs. The aggregator keeps only the model; a member saves the remainder when
     * another one needs it:
     *
     * <ul>
     * <li>before the first exchange the member with the lowest number saves it, in this call, and all others restore
     * it;
     * <li>later it is saved by a member that waits in {@link #exchange} and so has finished the work behind its update.
     * The receiver gets the model after that round as well: together they are that member's state when its exchange
     * returns. (If the round cannot end without the receiver, it gets the model before that round, and takes part in
     * it.)
     * </ul>
     *
     * <p>The remainder may differ between members, but must be usable by all and have the same length everywhere. It is
     * restored in the thread that has called this worker, in this call or in {@link #exchange}, once the model is in
     * place. {@link Replica} describes the effect of exceptions.
     *
     * @throws IllegalArgumentException if the remainder is larger than 16 updates plus 64 KiB
     */
    @Override
    public synchronized void shareModel(MemorySegment model, Replica remainder) {
        check(model, "model", true);
        share(model, Objects.requireNonNull(remainder));
    }

    /**
     * As {@link #shareModel}, for updates that are gradients, so that only the members can apply a mean: a member that
     * joins later or has fallen behind receives the state of an up-to-date one, which saves it while it waits in
     * {@link #exchange}.
     *
     * @throws IllegalArgumentException if the state is larger than 16 updates plus 64 KiB
     * @throws IllegalStateException if the job has several shards: such a state belongs to one round of all of them
     * @throws TransportException if the job failed, or the replica threw an exception
     */
    @Override
    public synchronized void shareState(Replica replica) {
        share(null, Objects.requireNonNull(replica));
    }

    private void share(MemorySegment model, Replica replica) {
        Protocol.checkReplica(replica.stateBytes(), dimension());
        call(() -> shards.share(model, replica));
    }

    /**
     * Runs one round: submits an update and blocks until the mean is complete. A failed round is tried again with the
     * same update; the call waits while a lost aggregator or media driver is replaced.
     *
     * @param weight finite and not negative; in a job with several shards an update of weight zero does not count
     * @param mean float32[dimension], overwritten; undefined after a failure and if the result says that this worker
     *         was resynchronised. It may be {@code update} itself, but must not overlap it in part if there are several
     *         shards. Absent coordinates are left unchanged
     * @throws TransportException if the job failed, or the aggregator was not found again, with the reason
     */
    @Override
    public synchronized RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        Protocol.checkWeight(weight);
        check(update, "update", false);
        check(mean, "mean", true);
        checkOpen();
        return shards.exchange(update, weight, mean);
    }

    /**
     * Pauses from now on, for a member that has no more batches for now, evaluates, or writes a checkpoint. Rounds
     * neither wait for it nor count it in their quorum, which then refers to the remaining members; heartbeats
     * continue. Its next {@link #exchange} takes part again, at once if no round has ended in the meantime, and
     * otherwise after it has {@linkplain RoundResult#resynchronised() resynchronised} this worker; if no other member
     * takes part then, this one keeps its own remainder with the job's model.
     *
     * <p>If all members pause, the job waits for them; its next round waits up to its deadline for those that have
     * missed no round.
     *
     * <p>Returns at once. Has no effect if this worker already pauses.
     */
    @Override
    public synchronized void pause() {
        call(shards::pause);
    }

    private void check(MemorySegment vector, String name, boolean written) {
        Protocol.checkVector(vector, name, dimension(), written);
        if (!vector.isAccessibleBy(runner.thread())) {
            throw new IllegalArgumentException(name
                    + " is confined to one thread, the worker's own must reach it: take Arena.ofShared() or a heap array");
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new TransportException("this worker is closed");
        }
    }

    private void call(Runnable request) {
        checkOpen();
        request.run();
    }

    /**
     * Leaves the job; the others continue. May be called from any thread, even during an exchange, which then fails. If
     * this process {@linkplain WorkerBuilder#serve hosts a shard}, the call waits until the others have left as well.
     */
    @Override
    public void close() {
        memberships.requestClose();
        synchronized (this) {
            if (!closed) {
                closed = true;
                AgentThreads.awaitEnd(runner, 2 * Protocol.FAREWELL_NS);
                runner.close();
                if (hosted != null) {
                    endHosted();
                }
            }
        }
    }

    private void endHosted() {
        try {
            if (!hosted.await(patience)) {
                LOG.warn("the shard at {} ends although it has members", hosted.address());
            }
        } catch (TransportException e) {
            LOG.warn("the shard at {} has failed: {}", hosted.address(), e.getMessage());
        } finally {
            hosted.close();
        }
    }
}
