package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Scanner;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;

/**
 * A member with a model in its own process: shares the model, and then exchanges the drawn update of each round. Reads
 * numbers, each the next round before which it must wait, and {@code end}: then it leaves instead of waiting.
 *
 * <p>Prints {@code joined ROUND}, {@code shared ROUND}, {@code waits ROUND} when it waits, {@code submits ROUND} before
 * each exchange and after it {@code round R CONTRIBUTORS COUNTED HASH}, or {@code resynchronised R COUNTED HASH}, or
 * {@code failed MESSAGE}. Arguments: address, index, dimension, method, MTU, identity, the kind of state (model,
 * replica or none), and, if it hosts the shard of its index, the number of workers, the deadline in milliseconds and
 * the method of the means.
 */
final class MemberProcess {
    private MemberProcess() {}

    static float[] update(int dimension, int worker, long round) {
        Random random = new Random(1_000_003 * round + worker);
        float[] update = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            update[i] = (float) random.nextGaussian();
        }
        return update;
    }

    public static void main(String[] args) throws InterruptedException {
        int index = Integer.parseInt(args[1]);
        int dimension = Integer.parseInt(args[2]);
        long identity = Long.parseLong(args[5]);
        String kind = args[6];
        Gate gate = new Gate();
        Thread.ofPlatform().daemon().start(gate::read);
        float[] mean = new float[dimension];
        float[] model = new float[dimension];
        if (index == 0) {
            Arrays.fill(model, 1);
        }
        WorkerBuilder builder = Worker.builder(JobAddress.parse(args[0]), dimension, Method.parse(args[3]))
            .index(index)
            .mtu(Integer.parseInt(args[4]))
            .identity(identity);
        if (args.length > 7) {
            builder.serve(index, Integer.parseInt(args[7]),
                    aggregator -> aggregator.deadline(Duration.ofMillis(Long.parseLong(args[8])))
                        .downlink(Method.parse(args[9])));
        }
        try (Worker worker = builder.join()) {
            System.out.println("joined " + worker.round());
            switch (kind) {
                case "model" -> worker.shareModel(MemorySegment.ofArray(model));
                case "replica" -> worker.shareState(new ArrayReplica(model));
                default -> {
                }
            }
            System.out.println("shared " + worker.round());
            while (gate.passes(worker.round())) {
                System.out.println("submits " + worker.round());
                float[] update = update(dimension, index, worker.round());
                RoundResult result = worker.exchange(MemorySegment.ofArray(update), 1, MemorySegment.ofArray(mean));
                if (kind.equals("replica") && !result.resynchronised()) {
                    for (int i = 0; i < dimension; i++) {
                        model[i] -= .5f * mean[i];
                    }
                }
                int hash = Arrays.hashCode(kind.equals("none") ? mean : model);
                System.out.println(result.resynchronised()
                        ? "resynchronised " + worker.round() + ' ' + result.contributed() + ' ' + hash
                        : "round " + result.round() + ' ' + result.contributors() + ' ' + result.contributed() + ' '
                                + hash);
            }
        } catch (TransportException e) {
            System.out.println("failed " + e.getMessage());
        }
    }

    /** The round up to which this member may go, from its standard input. */
    private static final class Gate {
        private long limit;
        private boolean ended;

        /** Reads the input; the member leaves when it ends. */
        void read() {
            new Scanner(System.in).forEachRemaining(this::take);
            take("end");
        }

        private synchronized void take(String said) {
            if (said.equals("end")) {
                ended = true;
            } else {
                limit = Long.parseLong(said);
            }
            notifyAll();
        }

        /** Waits until the member may take part in this round; returns false if it must leave. */
        synchronized boolean passes(long round) throws InterruptedException {
            if (round >= limit) {
                System.out.println("waits " + round);
            }
            while (round >= limit && !ended) {
                wait();
            }
            return round < limit;
        }
    }

    /** A state that is opaque to transport. */
    private record ArrayReplica(float[] model) implements Replica {
        @Override
        public long stateBytes() {
            return (long) model.length * Float.BYTES;
        }

        @Override
        public void save(MemorySegment target) {
            target.copyFrom(MemorySegment.ofArray(model));
        }

        @Override
        public void restore(MemorySegment saved) {
            MemorySegment.ofArray(model).copyFrom(saved);
        }
    }
}
