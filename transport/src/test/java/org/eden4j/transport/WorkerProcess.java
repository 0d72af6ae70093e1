package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;

/**
 * A worker in its own process: joins, prints {@code joined}, exchanges rounds and prints {@code round R CONTRIBUTORS
 * HASH} after each, or {@code failed MESSAGE}. Arguments: address, index, dimension, method, rounds.
 */
final class WorkerProcess {
    private WorkerProcess() {}

    static float[] update(int dimension, int worker, long round) {
        return Job.gaussian(dimension, 1000 * round + worker);
    }

    public static void main(String[] args) {
        int index = Integer.parseInt(args[1]);
        int dimension = Integer.parseInt(args[2]);
        int rounds = Integer.parseInt(args[4]);
        float[] mean = new float[dimension];
        try (Worker worker = Worker.builder(JobAddress.parse(args[0]), dimension, Method.parse(args[3]))
            .index(index)
            .join()) {
            System.out.println("joined");
            while (worker.round() < rounds) {
                RoundResult result = worker.exchange(
                        MemorySegment.ofArray(update(dimension, index, worker.round())), 1,
                        MemorySegment.ofArray(mean));
                if (result.resynchronised()) {
                    System.out.println("resynchronised " + worker.round());
                    continue;
                }
                System.out
                    .println("round " + result.round() + ' ' + result.contributors() + ' ' + Arrays.hashCode(mean));
            }
        } catch (TransportException e) {
            System.out.println("failed " + e.getMessage());
        }
    }
}
