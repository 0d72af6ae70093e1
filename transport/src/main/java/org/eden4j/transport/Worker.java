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
 * One member of a job: hands in updates and gets back the mean of all members' updates.
 *
 * <pre>{@code
 * try (Worker worker = Worker.builder(JobAddress.parse("udp:127.0.0.1:7400"), dimension, Eden.unbiased(4)).join()) {
 *     worker.shareModel(model);                               // optional: all start from the same
 *     while (training) {
 *         RoundResult result = worker.exchange(update, examples, mean);
 *     }
 * }
 * }</pre>
 *
 * <p>Vectors are float32, on the heap or off it, {@code dimension} coordinates. All Aeron work is done by a thread of
 * the worker's own, so that heartbeats go on while the caller trains; segments must be accessible from that thread
 * (heap arrays, {@code Arena.ofShared()}, {@code Arena.ofAuto()}, buffers).
 *
 * <p>Where the job's vector is cut into shards a worker is a member of all their aggregators, through one media driver and one
 * thread; an exchange ends when it has ended in all of them. It returns the same mean, to the last bit, for any number of shards.
 *
 * <p>A worker outlives its aggregator and media driver: it looks for them, joins again under its identity, and is brought up
 * to the job's state where that has gone on without it.
 *
 * <p>Once an exchange has failed this worker has left the job: every later call fails with the same reason, and the
 * other members go on without it. One thread at a time may call {@link #exchange}, {@link #shareModel} and
 * {@link #shareState}.
 */
public final class Worker implements Member {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final AgentRunner runner;
    private final Memberships memberships;
    private final Membership membership;
    private final ShardCalls shards;
    /** Of a shard that this process hosts; null if it hosts none. */
    private final Aggregator hosted;
    private final Duration patience;
    private boolean closed;

    /**
     * @param memberships that have joined
     * @param hosted the aggregator of a shard that this process hosts, null if it hosts none
     * @param patience how long the other members may need to leave it
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
     * Starts the arguments of a join.
     *
     * @param address where the job meets
     * @param dimension coordinates of the update, at least 1
     * @param method how updates are encoded; the aggregator must have been told the same
     */
    public static WorkerBuilder builder(JobAddress address, int dimension, Method method) {
        return new WorkerBuilder(address, dimension, method);
    }

    /**
     * Asks a job what it is, without joining: for a worker that takes method, dimension and agreement from the job. What is
     * open in the answer the first member decides.
     *
     * @param address where the job meets
     * @param limit how long to look for the aggregator and wait for its answer
     * @param insecure whether the address may be one that a network reaches, see {@link WorkerBuilder#insecure}
     * @throws TransportException if no answer came, it names a method that is unknown here, this JVM lacks a flag, the address is
     *         open to a network and this was not allowed, or this thread was interrupted: then its flag is set
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

    /** How many aggregators have a part of the job's vector each. */
    public int shards() {
        return membership.terms().shard().count();
    }

    /**
     * The round that the next {@link #exchange} belongs to, as far as this worker knows. Right after a join it is the open one.
     * An exchange or share that brings this worker to the others may set it to a round that has ended: the next exchange then
     * returns that round's mean, and does not count its update.
     */
    @Override
    public long round() {
        return shards.round();
    }

    /**
     * Makes all members have the same model: when the job begins, the one with the lowest number supplies it and all
     * others receive it in place, bit-identical; who joins later receives the model as it has become. From then on the
     * worker adds to it, in place and in float32, the mean of every round it exchanges; the aggregator does the same with
     * its own copy. So {@code model} is the common model after every {@link #exchange}, also after one that has
     * {@linkplain RoundResult#resynchronised() resynchronised} this worker.
     *
     * <p>Either all members call this or {@link #shareState} once before their first exchange, or none.
     */
    @Override
    public synchronized void shareModel(MemorySegment model) {
        check(model, "model", true);
        call(() -> shards.share(model, null));
    }

    /**
     * As {@link #shareModel(MemorySegment)} where members have more in common than the model, such as an updater's state and
     * counters of iterations and epochs. The aggregator keeps the model alone; the remainder a member saves when another one
     * needs it:
     *
     * <ul> <li>before the first exchange the member with the lowest number saves it, in this call, and all others restore it;
     * <li>later a member saves it that waits in {@link #exchange}, and so has done all that its update is made of. Who is given
     * it has the model after that round: both together are what that member has when its exchange returns. (Where that round
     * cannot end without the one that waits for the state, it is given the model before that round, and takes part in it.)
     * </ul>
     *
     * <p>The remainder need not be equal on all members, only of use to all; its length is the same everywhere. It is restored
     * in the thread that has called this worker, in this call or in {@link #exchange}, once the model is in its place. See
     * {@link Replica} for what happens where it throws.
     *
     * @throws IllegalArgumentException if the remainder is larger than 16 updates and 64 KiB
     */
    @Override
    public synchronized void shareModel(MemorySegment model, Replica remainder) {
        check(model, "model", true);
        share(model, Objects.requireNonNull(remainder));
    }

    /**
     * As {@link #shareModel} where updates are gradients, so that only the members know what becomes of a mean: a member
     * that has fallen behind, or joins later, is given the state of one that has not, which is asked to save it while
     * it waits in {@link #exchange}.
     *
     * @throws IllegalArgumentException if the state is larger than 16 updates and 64 KiB
     * @throws IllegalStateException if the job has several shards: such a state belongs to one round of all of them
     * @throws TransportException if the job failed, or the replica threw
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
     * One round: hands in an update, blocks until the mean is complete. A round that fails is tried again with the same
     * update; a lost aggregator or media driver is waited for.
     *
     * @param weight finite, not negative; where there are several shards an update of weight zero is not counted
     * @param mean float32[dimension], overwritten, undefined after a failure and where the result says that this worker
     *        was resynchronised; may be {@code update} itself, where there are several shards not overlap it in part. Absent
     *        coordinates stay as they are
     * @throws TransportException if the job failed or the aggregator was not found again, with the reason
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
     * Takes no part from now on: this member has no more batches for now, evaluates or writes a checkpoint. Rounds neither wait
     * for it nor count it in their quorum, which is then of as many members as are left; signs of life go on. Its next
     * {@link #exchange} takes part again, at once where no round has ended meanwhile; otherwise it
     * {@linkplain RoundResult#resynchronised() resynchronises} this worker first; where nobody is left then that takes part, it
     * keeps its own remainder beside the job's model.
     *
     * <p>A job whose members all pause waits for them; its next round waits up to its deadline for those that have missed none.
     *
     * <p>Returns at once. Does nothing where this worker pauses already.
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
     * Leaves the job; the others go on. May be called from any thread, also during an exchange, which then fails. Where this process
     * {@linkplain WorkerBuilder#serve hosts a shard} it waits until they have left, too.
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
                LOG.warn("the shard at {} ends though members are there", hosted.address());
            }
        } catch (TransportException e) {
            LOG.warn("the shard at {} has failed: {}", hosted.address(), e.getMessage());
        } finally {
            hosted.close();
        }
    }
}
