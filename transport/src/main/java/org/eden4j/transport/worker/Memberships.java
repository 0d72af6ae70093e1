package org.eden4j.transport.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerWish;

/**
 * One worker's memberships in all shards of its job, on one thread: one {@link WorkerAgent} per shard, which run one
 * duty cycle each in turn. The worker joins shard 0 first, which grants its number, and then the other shards with that
 * number. If one membership ends, all end, for the same reason.
 */
public final class Memberships implements Agent {
    /** Opens the link to the aggregator of a shard. */
    @FunctionalInterface
    public interface Links {
        /** @param limit time limit of the search for a media driver */
        WorkerLink open(Shard shard, Duration limit);
    }

    /** Time in which one attempt to open a link may look for a media driver: the thread sends no heartbeats meanwhile. */
    private static final Duration REOPENING = Duration.ofNanos(Protocol.OPEN_NS);

    private final Links links;
    private final WorkerWish wish;
    private final long token;
    private final NanoClock clock;
    private final LongWork work = new LongWork(this::giveSigns);
    private final List<WorkerAgent> agents = new ArrayList<>();
    private final CompletableFuture<List<Membership>> joined = new CompletableFuture<>();
    /** Links to shards that have not been asked yet, in order. */
    private final ArrayDeque<WorkerLink> unused = new ArrayDeque<>();
    private final BitSet ended = new BitSet();
    private final long startNs;
    /** Earliest time at which the next shard is asked. */
    private long askNs;
    private volatile boolean closeRequested;
    /** Reason why the worker leaves, null while it does not. */
    private RuntimeException reason;

    /**
     * Opens the links to all shards in advance: once this worker is a member of one shard, its thread must send
     * heartbeats.
     *
     * @param wish the worker's request to shard 0
     * @param token the token of this process
     */
    public Memberships(Links links, WorkerWish wish, long token, NanoClock clock) {
        this.links = links;
        this.wish = wish;
        this.token = token;
        this.clock = clock;
        startNs = clock.nanoTime();
        askNs = startNs;
        int shards = wish.shard().count();
        try {
            for (int shard = 0; shard < shards; shard++) {
                unused.add(links.open(new Shard(shard, shards), Duration.ofNanos(wish.joinTimeoutNs())));
            }
        } catch (RuntimeException e) {
            CloseHelper.quietCloseAll(unused);
            throw e;
        }
        agents.add(agent(unused.removeFirst(), wish));
    }

    private WorkerAgent agent(WorkerLink link, WorkerWish of) {
        return new WorkerAgent(link, () -> links.open(of.shard(), REOPENING), of, token, work, clock);
    }

    /**
     * Returns a future that completes with the memberships in the order of their shards, or with the exception that
     * prevented one.
     */
    public CompletableFuture<List<Membership>> joined() {
        return joined;
    }

    /** Returns one agent per shard, once all are {@link #joined}. */
    List<WorkerAgent> agents() {
        return agents;
    }

    /** Requests a leave, from any thread. */
    public void requestClose() {
        closeRequested = true;
    }

    @Override
    public String roleName() {
        return "eden4j-worker";
    }

    @Override
    public int doWork() {
        if (closeRequested) {
            agents.forEach(WorkerAgent::requestClose);
        }
        int done = 0;
        for (int shard = 0; shard < agents.size(); shard++) {
            done += ended.get(shard) ? 0 : serve(shard);
        }
        if (isToAskAgain()) {
            withdrawLast();
        }
        spreadFailure();
        if (ended.cardinality() == agents.size()) {
            throw new AgentTerminationException();
        }
        if (!joined.isDone() && reason == null) {
            join();
        }
        return done;
    }

    private int serve(int shard) {
        try {
            return agents.get(shard).doWork();
        } catch (AgentTerminationException e) {
            ended.set(shard);
            return 1;
        }
    }

    /**
     * Returns whether the last asked shard has another member in the place that shard 0 granted: that member may have
     * been lost to all shards, but not yet silent for long enough in this one.
     */
    private boolean isToAskAgain() {
        return agents.size() > 1 && !agents.getLast().joined().isDone()
                && agents.getLast().failure() instanceof JoinRejectedException refusal
                && refusal.code() == RejectCode.INDEX_TAKEN && clock.nanoTime() - startNs < wish.joinTimeoutNs();
    }

    private void withdrawLast() {
        WorkerAgent last = agents.removeLast();
        ended.clear(agents.size());
        last.onClose();
        askNs = clock.nanoTime() + Protocol.JOIN_RETRY_NS;
    }

    private void spreadFailure() {
        for (WorkerAgent agent : agents) {
            if (reason == null && agent.failure() != null) {
                fail(agent.failure());
            }
        }
    }

    /** Asks the next shard once all earlier ones have granted this worker its place. */
    private void join() {
        if (clock.nanoTime() - askNs < 0 || !agents.stream().allMatch(agent -> agent.joined().isDone())) {
            return;
        }
        List<Membership> granted = agents.stream().map(agent -> agent.joined().join()).toList();
        JobTerms job = granted.getFirst().terms();
        JobTerms last = granted.getLast().terms();
        if (!isSameJob(job, last)) {
            fail(new TransportException("shard " + last.shard() + " belongs to another job: seed " + last.jobSeed()
                    + ", "
                    + last.workers() + " workers, downlink " + last.downlink() + "; shard 0 has seed " + job.jobSeed()
                    + ", " + job.workers() + " workers, downlink " + job.downlink()));
        } else if (agents.size() == wish.shard().count()) {
            joined.complete(granted);
        } else {
            WorkerWish next = wish.withShard(new Shard(agents.size(), wish.shard().count()))
                .withIndex(granted.getFirst().index());
            boolean fresh = unused.size() == wish.shard().count() - agents.size();
            try {
                agents.add(agent(fresh ? unused.removeFirst() : links.open(next.shard(), REOPENING), next));
            } catch (TransportException e) {
                fail(e);
            }
        }
    }

    private void fail(RuntimeException failure) {
        reason = failure;
        agents.forEach(agent -> agent.fail(failure));
    }

    private static boolean isSameJob(JobTerms one, JobTerms other) {
        return one.jobSeed() == other.jobSeed() && one.workers() == other.workers()
                && one.downlink().equals(other.downlink());
    }

    private void giveSigns() {
        agents.forEach(WorkerAgent::giveSign);
    }

    @Override
    public void onClose() {
        CloseHelper.quietCloseAll(unused);
        CloseHelper.quietCloseAll(agents.stream().<AutoCloseable>map(agent -> agent::onClose).toList());
        joined.completeExceptionally(reason != null ? reason : new TransportException("this worker has ended"));
    }
}
