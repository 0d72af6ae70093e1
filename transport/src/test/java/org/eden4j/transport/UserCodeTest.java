package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Caller's code that throws: its own call fails, and no other member's. */
@Timeout(60)
class UserCodeTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 1000;

    /** A state that may fail to be saved or restored. */
    private static final class Fragile implements Replica {
        final float[] model;
        boolean saves = true;
        boolean restores = true;
        long bytes = DIMENSION * (long) Float.BYTES;

        Fragile(long seed) {
            model = Job.gaussian(DIMENSION, seed);
        }

        @Override
        public long stateBytes() {
            return bytes;
        }

        @Override
        public void save(MemorySegment target) {
            if (!saves) {
                throw new IllegalStateException("no save");
            }
            target.copyFrom(MemorySegment.ofArray(model));
        }

        @Override
        public void restore(MemorySegment saved) {
            if (!restores) {
                throw new AssertionError("no restore");
            }
            MemorySegment.ofArray(model).copyFrom(saved);
        }
    }

    private static Throwable root(Throwable e) {
        return e.getCause() == null ? e : root(e.getCause());
    }

    private static Void share(Worker worker, Replica replica) {
        worker.shareState(replica);
        return null;
    }

    @Test
    void shouldFailTheCallWhoseStateCannotBeSavedAndAskAnother() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 3, METHOD, METHOD, options -> options.quorum(1))) {
            List<Worker> workers = List.of(job.join(0, DIMENSION), job.join(1, DIMENSION), job.join(2, DIMENSION));
            Fragile broken = new Fragile(1);
            broken.saves = false;
            Future<?> failing = job.submit(() -> share(workers.get(0), broken));
            Throwable failed = assertThrows(ExecutionException.class, failing::get).getCause();
            assertEquals("this worker's state could not be saved: java.lang.IllegalStateException: no save",
                    failed.getMessage());
            assertEquals("no save", root(failed).getMessage());
            Throwable later = assertThrows(TransportException.class,
                    () -> Job.exchange(workers.get(0), new float[DIMENSION], 1));
            assertEquals(failed.getMessage(), later.getMessage());

            Fragile second = new Fragile(2);
            Fragile third = new Fragile(3);
            job.all(List.of(() -> share(workers.get(1), second), () -> share(workers.get(2), third)));
            assertArrayEquals(second.model, third.model);
            float[] update = Job.gaussian(DIMENSION, 4);
            for (Job.Exchanged exchanged : job.exchange(workers.subList(1, 3), List.of(update, update),
                    new float[]{1, 1})) {
                assertEquals(2, exchanged.result().contributors());
            }
        }
    }

    @Test
    void shouldFailTheCallWhoseStateCannotBeRestored() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, METHOD, options -> options.quorum(1))) {
            Worker first = job.join(0, DIMENSION);
            Worker second = job.join(1, DIMENSION);
            Fragile broken = new Fragile(2);
            broken.restores = false;
            Future<?> failing = job.submit(() -> share(second, broken));
            share(first, new Fragile(1));
            Throwable failed = assertThrows(ExecutionException.class, failing::get).getCause();
            assertEquals("the job's state could not be restored here: java.lang.AssertionError: no restore",
                    failed.getMessage());
            assertEquals("no restore", root(failed).getMessage());
            assertEquals(1, Job.exchange(first, Job.gaussian(DIMENSION, 4), 1).result().contributors());
        }
    }

    @Test
    void shouldRefuseAStateOfAnImpossibleSizeBeforeItIsShared() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD)) {
            Worker worker = job.join(0, DIMENSION);
            Fragile large = new Fragile(1);
            large.bytes = 1L << 30;
            assertEquals("a state may have 129536 bytes at dimension 1000, this one has 1073741824",
                    assertThrows(IllegalArgumentException.class, () -> worker.shareState(large)).getMessage());
            large.bytes = -1;
            assertThrows(IllegalArgumentException.class, () -> worker.shareState(large));
            large.bytes = DIMENSION * (long) Float.BYTES;
            worker.shareState(large);
        }
    }

    @Test
    void shouldGoOnWhereTheReportOfARoundThrows() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD, METHOD, options -> options.onRound(UserCodeTest::burst))) {
            Worker worker = job.join(0, DIMENSION);
            for (int round = 0; round < 5; round++) {
                assertEquals(1, Job.exchange(worker, Job.gaussian(DIMENSION, round), 1).result().contributors());
            }
            job.workers.clear();
            worker.close();
            job.aggregator.awaitEnd();
        }
    }

    private static void burst(RoundStatistics statistics) {
        assertFalse(statistics.round() < 0);
        assertTrue(statistics.round() > 100, "no report of round " + statistics.round());
    }
}
