package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;

/**
 * Passes a caller's requests to all of its worker's memberships, each with the slice of the vectors that belongs to its
 * shard, and returns when all have answered.
 *
 * <p><b>Rounds.</b> Between two calls all shards of a worker are before the same round. A call that gives this worker
 * the states of some shards may leave these one round ahead of the others: the worker then exchanges updates of weight
 * 0 in the shards that are behind, until all have reached the furthest. Models receive these means as well.
 *
 * <p>Shard 0 handles the remainder. It is restored once the model is in place in all shards.
 *
 * <p>Used by one caller's thread at a time.
 */
public final class ShardCalls {
    private static final int ALIGNMENT = 64;

    private final Memberships memberships;
    private final List<WorkerAgent> agents;
    private final List<FrameLayout> slices;
    private final Thread thread;
    /** Null if no remainder is shared, or there is one shard. */
    private LateReplica remainder;

    /**
     * @param memberships memberships that have {@linkplain Memberships#joined() joined}
     * @param thread the thread that runs them
     */
    public ShardCalls(Memberships memberships, Thread thread) {
        this.memberships = memberships;
        this.thread = thread;
        agents = memberships.agents();
        slices = memberships.joined().join().stream().map(membership -> membership.terms().up()).toList();
    }

    /** Returns the round of the next exchange, as known to this worker. */
    public long round() {
        return agents.getFirst().round();
    }

    /** Runs one round, see {@link org.eden4j.transport.Worker#exchange}. */
    public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        checkOverlap(update, mean);
        List<Request.Exchange> requests = shards()
            .mapToObj(shard -> new Request.Exchange(slice(update, shard), weight, slice(mean, shard)))
            .toList();
        call(requests, 0);
        List<RoundResult> results = requests.stream().map(request -> request.result).toList();
        if (results.size() == 1) {
            return results.getFirst();
        }
        List<RoundResult> followed = align();
        return ShardResults.merged(results, followed, slices);
    }

    /** Checks that no slice of one vector overlaps another slice of the other. */
    private void checkOverlap(MemorySegment update, MemorySegment mean) {
        if (agents.size() > 1
                && update.asOverlappingSlice(mean).filter(both -> both.byteSize() != mean.byteSize()).isPresent()) {
            throw new IllegalArgumentException("update and mean may be the same vector, but must not overlap in part");
        }
    }

    /** Shares the initial state, see {@link org.eden4j.transport.Worker#shareModel}; either argument is null if absent. */
    public void share(MemorySegment model, Replica replica) {
        if (agents.size() == 1) {
            call(List.of(new Request.Share(model, replica)), 0);
            return;
        }
        if (model == null) {
            throw new IllegalStateException("a state without a model is shared through one aggregator, this job has "
                    + agents.size() + " shards");
        }
        remainder = replica == null ? null : new LateReplica(replica);
        call(List.of(new Request.Share(slice(model, 0), remainder)), 0);
        call(shards().skip(1).mapToObj(shard -> new Request.Share(slice(model, shard), null)).toList(), 1);
        align();
    }

    /** Pauses until the next exchange. */
    public void pause() {
        call(shards().mapToObj(_ -> new Request.Pause()).toList(), 0);
    }

    private IntStream shards() {
        return IntStream.range(0, agents.size());
    }

    private MemorySegment slice(MemorySegment vector, int shard) {
        FrameLayout slice = slices.get(shard);
        return agents.size() == 1 ? vector
                : vector.asSlice((long) Float.BYTES * slice.firstCoordinate(), (long) Float.BYTES * slice.dimension());
    }

    /**
     * Brings shards that are behind to the furthest round, and moves restored states into place.
     *
     * @return the results of the rounds that this required
     */
    private List<RoundResult> align() {
        List<RoundResult> followed = new ArrayList<>();
        for (int shard = behind(); shard >= 0; shard = behind()) {
            long bytes = (long) Float.BYTES * slices.get(shard).dimension();
            Request.Exchange weightless = new Request.Exchange(Arena.ofAuto().allocate(bytes, ALIGNMENT), 0,
                    Arena.ofAuto().allocate(bytes, ALIGNMENT));
            call(List.of(weightless), shard);
            followed.add(weightless.result);
        }
        settle();
        return followed;
    }

    /** Returns the first shard that is behind the furthest one; -1 if there is none. */
    private int behind() {
        long furthest = agents.stream().mapToLong(WorkerAgent::round).max().orElseThrow();
        return shards().filter(shard -> agents.get(shard).round() < furthest).findFirst().orElse(-1);
    }

    private void settle() {
        if (remainder == null) {
            return;
        }
        try {
            remainder.settle();
        } catch (RuntimeException | Error e) {
            call(List.of(new Request.GiveUp(Request.unrestored(e))), 0);
        }
    }

    /** Submits one request to each shard from {@code first} on, and waits until all are answered. */
    private void call(List<? extends Request> requests, int first) {
        for (int i = 0; i < requests.size(); i++) {
            agents.get(first + i).submit(requests.get(i));
        }
        LockSupport.unpark(thread);
        boolean interrupted = false;
        for (Request request : requests) {
            interrupted |= request.await(memberships::requestClose);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        RuntimeException failure = null;
        for (Request request : requests) {
            RuntimeException each = request.failure();
            failure = failure == null || each != null && !(each instanceof TransportException) ? each : failure;
        }
        if (failure instanceof TransportException) {
            throw new TransportException(failure.getMessage(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }
}
