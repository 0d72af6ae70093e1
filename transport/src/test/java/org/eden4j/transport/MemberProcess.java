package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicLong;
import org.eden4j.compressor.Method;

/**
 * A member that learns a model, in a process of its own: shares the model, and then, round after round, exchanges what it
 * has drawn for it. Goes on until it reads a number, the rounds after which it is to end.
 *
 * <p>Prints {@code joined}, {@code shared ROUND} and after each exchange {@code round R CONTRIBUTORS COUNTED HASH}, or
 * {@code resynchronised R COUNTED HASH}, or {@code failed MESSAGE}. Arguments: address, index, dimension, method, identity,
 * pause in milliseconds, the kind of state (model, replica or none).
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
        long identity = Long.parseLong(args[4]);
        int pauseMs = Integer.parseInt(args[5]);
        String kind = args[6];
        AtomicLong rounds = new AtomicLong(Long.MAX_VALUE);
        Thread.ofPlatform()
            .daemon()
            .start(() -> new Scanner(System.in).forEachRemaining(
                    number -> rounds.set(Long.parseLong(number))));
        float[] mean = new float[dimension];
        float[] model = new float[dimension];
        if (index == 0) {
            Arrays.fill(model, 1);
        }
        try (Worker worker = Worker.builder(JobAddress.parse(args[0]), dimension, Method.parse(args[3]))
            .index(index)
            .identity(identity)
            .join()) {
            System.out.println("joined");
            switch (kind) {
                case "model" -> worker.shareModel(MemorySegment.ofArray(model));
                case "replica" -> worker.shareState(new ArrayReplica(model));
                default -> {
                }
            }
            System.out.println("shared " + worker.round());
            while (worker.round() < rounds.get()) {
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
                Thread.sleep(pauseMs);
            }
        } catch (TransportException e) {
            System.out.println("failed " + e.getMessage());
        }
    }

    /** A state that only the program understands. */
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
