package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.TermsFixture;
import org.eden4j.transport.worker.Request;
import org.eden4j.transport.worker.WorkerState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** States that are opaque to transport, saved and restored at the members' own pace. */
@Timeout(60)
class ReplicaTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;

    /** A vector from which half of every mean is subtracted. */
    private static class Descent implements Replica {
        final float[] model;

        Descent(long seed) {
            model = Job.gaussian(DIMENSION, seed);
        }

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

        /** Takes part in a round, with an update of this seed. */
        Void round(Worker worker, long seed) {
            Job.Exchanged exchanged = Job.exchange(worker, Job.gaussian(DIMENSION, seed), 1);
            assertFalse(exchanged.result().resynchronised());
            for (int i = 0; i < model.length; i++) {
                model[i] -= .5f * exchanged.mean()[i];
            }
            return null;
        }
    }

    /** Takes long to save: until the round that was open has ended for its worker. */
    private static final class Slow extends Descent {
        final CountDownLatch saving = new CountDownLatch(1);
        private Worker worker;

        Slow(long seed) {
            super(seed);
        }

        @Override
        public void save(MemorySegment target) {
            if (worker != null) {
                long asked = worker.round();
                saving.countDown();
                Job.await("the end of round " + asked, () -> worker.round() > asked);
            }
            super.save(target);
        }
    }

    @Tag("thorough")
    @Test
    void shouldSupplyTheStateBeforeTheRoundInWhichItWasAskedFor() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 3, METHOD, METHOD, options -> options.quorum(1))) {
            Slow slow = new Slow(1);
            Descent other = new Descent(2);
            Descent joiner = new Descent(3);
            Worker first = job.join(0, DIMENSION);
            Worker second = job.join(1, DIMENSION);
            Worker third = job.join(2, DIMENSION);
            Future<?> sharing = job.submit(() -> share(first, slow));
            Future<?> alike = job.submit(() -> share(second, other));
            share(third, joiner);
            sharing.get();
            alike.get();
            for (int round = 0; round < 3; round++) { // the initial state is usable while the first mean is kept
                job.all(List.of(() -> slow.round(first, 10), () -> other.round(second, 11),
                        () -> joiner.round(third, 12)));
            }
            job.workers.remove(third);
            third.close();
            slow.worker = first;

            Future<Void> open = job.submit(() -> slow.round(first, 20));
            Worker late = job.join(2, DIMENSION);
            Future<?> joining = job.submit(() -> share(late, joiner));
            slow.saving.await();
            other.round(second, 21);
            open.get();
            joining.get();
            assertEquals(3, late.round(), "the state is the one before the round in which it was asked for");
            joiner.round(late, 22);
            assertArrayEquals(slow.model, other.model);
            assertArrayEquals(slow.model, joiner.model);
        }
    }

    private static Void share(Worker worker, Replica replica) {
        worker.shareState(replica);
        return null;
    }

    @Test
    void shouldNotKeepAWorkerFromLookingForItsAggregatorWhileAStateIsSaved() {
        JobTerms terms = TermsFixture.terms(1, METHOD, DIMENSION);
        try (WorkerState state = new WorkerState(terms, 0)) {
            state.supply(Protocol.SUPPLY_REMAINDER);
            state.send(null, 1, 0, new Ledger(1, 1), new Request.Share(null, new Descent(1)), 1);
            state.disconnect();
            assertFalse(state.isBusy());
        }
    }
}
