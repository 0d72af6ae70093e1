package org.eden4j.transport.media;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a media driver's errors, at most one line per second: datagrams of unauthenticated peers must not fill a disk.
 * Called by the driver's threads.
 */
final class DriverErrors implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DriverErrors.class);
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    private boolean logged;
    private long loggedNs;
    private long silent;

    @Override
    public synchronized void onError(Throwable error) {
        long nowNs = System.nanoTime();
        if (logged && nowNs - loggedNs < PAUSE_NS) {
            silent++;
            return;
        }
        if (silent > 0) {
            LOG.warn("media driver: {}; {} other errors since the last one", error.getMessage(), silent);
        } else {
            LOG.warn("media driver: {}", error.getMessage());
        }
        LOG.debug("media driver", error);
        logged = true;
        loggedNs = nowNs;
        silent = 0;
    }
}
