package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client whose media driver ends rejects calls before it is closed: a window of one nap of its thread, held open here. */
@Timeout(60)
class ConnectionTest {
    private static final int TYPE = 4000;

    private final CountDownLatch terminating = new CountDownLatch(1);
    private final CountDownLatch mayClose = new CountDownLatch(1);

    @Test
    void shouldWaitForTheEndOfAClientThatRejectsCallsAlready() throws Exception {
        MediaDriverHost driver = MediaDriverHost.launch(1);
        Aeron.Context context = new Aeron.Context().aeronDirectoryName(driver.directory().toString())
            .errorHandler(error -> terminating.countDown())
            .idleStrategy(new Nap());
        try (Aeron aeron = Aeron.connect(context)) {
            Connection connection = new Connection(aeron, null, null, null);
            assertFalse(connection.isEndedBy(new IllegalStateException("something else")));
            driver.close();
            terminating.await();
            AeronException rejected = assertThrows(AeronException.class, () -> aeron.addCounter(TYPE, "late"));
            assertEquals(AeronException.class, rejected.getClass());
            assertFalse(aeron.isClosed());
            FutureTask<Boolean> ended = new FutureTask<>(() -> connection.isEndedBy(rejected));
            Thread.ofPlatform().daemon().start(ended);
            mayClose.countDown();
            assertTrue(ended.get());
            assertTrue(aeron.isClosed());
        } finally {
            driver.close();
        }
    }

    /** A thread's nap that lasts until it may close the client, once that terminates. */
    private final class Nap implements IdleStrategy {
        private final IdleStrategy usual = new SleepingMillisIdleStrategy(1);

        @Override
        public void idle(int workCount) {
            idle();
        }

        @Override
        public void idle() {
            if (terminating.getCount() == 0) {
                awaitLeave();
            }
            usual.idle();
        }

        @Override
        public void reset() {}

        private void awaitLeave() {
            try {
                mayClose.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
