package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LongWorkTest {
    @Test
    void shouldGiveSignsOfLifeWhileAStepIsRunning() {
        CountDownLatch signs = new CountDownLatch(3);
        Thread agent = Thread.currentThread();
        LongWork work = new LongWork(() -> {
            assertSame(agent, Thread.currentThread(), "publications have one writer");
            signs.countDown();
        });
        assertEquals("done", work.call(LongWork.SHORT_BYTES, () -> {
            try {
                return signs.await(20, TimeUnit.SECONDS) ? "done" : "no sign was given";
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
    }

    @Test
    void shouldRunShortStepsOnTheCallingThreadAndThrowWhatStepsThrow() {
        LongWork work = new LongWork(() -> {});
        assertSame(Thread.currentThread(), work.call(1, Thread::currentThread));
        IllegalArgumentException thrown = new IllegalArgumentException("as a test wants");
        assertSame(thrown, assertThrows(IllegalArgumentException.class, () -> work.run(LongWork.SHORT_BYTES, () -> {
            throw thrown;
        })));
    }
}
