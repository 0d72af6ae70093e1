package org.eden4j.transport.media;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.DriverTimeoutException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClientEndTest {
    private static long elapsedNs(Throwable... errors) {
        ClientEnd end = new ClientEnd();
        for (Throwable error : errors) {
            end.onError(error);
        }
        long startNs = System.nanoTime();
        end.run();
        return System.nanoTime() - startNs;
    }

    @Test
    void shouldLeaveReadersTimeWhereTheDriverIsLost() {
        long leastNs = TimeUnit.SECONDS.toNanos(1);
        assertTrue(elapsedNs(new DriverTimeoutException("lost"), new AgentTerminationException()) >= leastNs);
        assertTrue(elapsedNs(new AeronException("broken", AeronException.Category.FATAL)) >= leastNs);
    }
}
