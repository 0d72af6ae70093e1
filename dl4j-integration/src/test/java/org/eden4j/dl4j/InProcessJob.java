package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;

/**
 * A job without communication. The members of one process meet at a barrier, and the last to arrive computes the mean
 * of their updates, encoded and decoded by the methods of a layout, in worker order; absent parts of a mean are not
 * written. A round can leave out contributions, and a member that shares its state can be made to resynchronise.
 */
final class InProcessJob {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private final int dimension;
    private final UpdateLayout layout;
    private final MemorySegment[] updates;
    private final float[] weights;
    private final float[] mean;
    private final float[] model;
    private byte[] state;
    private final CyclicBarrier arrived;
    private final CyclicBarrier done;
    private volatile int lateWorker = -1;
    private volatile long lateRound = -1;
    private volatile int behindWorker = -1;
    private volatile long behindRound = -1;
    private volatile long round;

    InProcessJob(int workers, int dimension, Method method) {
        this(workers, UpdateLayout.whole(dimension, method));
    }

    InProcessJob(int workers, UpdateLayout layout) {
        dimension = layout.dimension();
        this.layout = layout;
        updates = new MemorySegment[workers];
        weights = new float[workers];
        mean = new float[dimension];
        model = new float[dimension];
        arrived = new CyclicBarrier(workers, this::computeMean);
        done = new CyclicBarrier(workers, () -> round++);
    }

    /** Leaves a worker's update out of a round. */
    void late(int worker, long inRound) {
        lateWorker = worker;
        lateRound = inRound;
    }

    /** Makes a worker receive its own state instead of a mean when it first arrives at a round. */
    void resynchronise(int worker, long inRound) {
        behindWorker = worker;
        behindRound = inRound;
    }

    Exchange member(int worker) {
        return new Exchange() {
            @Override
            public int dimension() {
                return dimension;
            }

            /** Null while the caller shares no state. */
            private MemorySegment common;
            private Replica replicated;
            private boolean resynchronised;

            @Override
            public void shareModel(MemorySegment own, Replica remainder) {
                if (worker == 0) {
                    MemorySegment.ofArray(model).copyFrom(own);
                }
                shareState(remainder);
                own.copyFrom(MemorySegment.ofArray(model));
                common = own;
            }

            @Override
            public void shareState(Replica replica) {
                replicated = replica;
                if (worker == 0) {
                    state = new byte[(int) replica.stateBytes()];
                    replica.save(MemorySegment.ofArray(state));
                }
                await(done);
                replica.restore(MemorySegment.ofArray(state));
            }

            @Override
            public RoundResult exchange(MemorySegment update, float weight, MemorySegment result) {
                if (worker == behindWorker && round == behindRound + 1 && !resynchronised) {
                    resynchronised = true;
                    MemorySegment own = MemorySegment.ofArray(new byte[(int) replicated.stateBytes()]);
                    replicated.save(own);
                    replicated.restore(own);
                    return new RoundResult(round - 1, 0, updates.length, 0, List.of(), Map.of(), true,
                            List.of(new CoordinateRange(0, dimension)), List.of(worker), 0, 0, 0, 0, 0,
                            OptionalDouble.empty());
                }
                updates[worker] = update;
                weights[worker] = weight;
                await(arrived);
                for (Part part : layout.parts()) {
                    if (part.kind() != Kind.ABSENT) {
                        MemorySegment.copy(mean, part.first(), result, FLOAT, 4L * part.first(), part.length());
                    }
                }
                for (int i = 0; common != null && i < dimension; i++) {
                    common.setAtIndex(FLOAT, i, common.getAtIndex(FLOAT, i) + mean[i]);
                }
                long number = round;
                await(done);
                List<Integer> missing = number == lateRound + 1 ? List.of(lateWorker) : List.of();
                List<CoordinateRange> uncounted = missing.contains(worker) ? List.of(new CoordinateRange(0, dimension))
                        : List.of();
                return new RoundResult(number - 1, 1, updates.length, updates.length - missing.size(),
                        List.of(), Map.of(), false, uncounted, missing, 0, 0, 0, 0, 0, OptionalDouble.empty());
            }
        };
    }

    private void computeMean() {
        Arrays.fill(mean, 0);
        float total = 0;
        MemorySegment sum = MemorySegment.ofArray(mean);
        for (int worker = 0; worker < updates.length; worker++) {
            if (worker == lateWorker && round == lateRound + 1) {
                continue;
            }
            total += weights[worker];
            int block = 0;
            for (Part part : layout.parts()) {
                block = part.kind() == Kind.ABSENT ? block : add(worker, part, block, sum);
            }
        }
        float factor = (float) (1 / (double) total);
        for (int i = 0; i < dimension; i++) {
            mean[i] *= factor;
        }
    }

    /** Adds a part of a worker's update; its blocks are numbered from {@code first} to below the returned number. */
    private int add(int worker, Part part, int first, MemorySegment sum) {
        Method method = part.method().orElseThrow();
        BlockLayout blocks = BlockLayout.of(method, part.length(), BlockLayout.DEFAULT_BLOCK);
        BlockCodec codec = BlockCodec.of(method);
        for (int block = 0; block < blocks.blockCount(); block++) {
            int length = blocks.length(block);
            int offset = part.first() + blocks.offset(block);
            MemorySegment payload = MemorySegment.ofArray(new byte[codec.payloadBytes(length)]);
            BlockSeed seed = BlockSeed.of(1, round, worker, first + block);
            int bytes = codec.encode(updates[worker], offset, length, seed, payload, 0);
            codec.accumulate(payload, 0, bytes, length, seed, weights[worker], sum, offset);
        }
        return first + blocks.blockCount();
    }

    /** Runs the members of a job, each in its own thread; throws the first failure. */
    interface Member {
        void run(int worker) throws Exception;
    }

    static void runAll(int workers, Member member) throws Exception {
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            int worker = w;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    member.run(worker);
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join(180_000);
            if (thread.isAlive()) {
                throw new TimeoutException("a member still runs after 180 s");
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.getFirst());
        }
    }

    static float[] floats(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("the other members did not come", e);
        }
    }
}
