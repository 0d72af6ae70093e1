package org.eden4j.transport.media;

import java.util.function.Supplier;
import org.eden4j.transport.wire.Protocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a lost link again: the first attempt follows after a given delay, and each failure doubles the delay before the
 * next, up to {@link Protocol#SLOWEST_REOPEN_NS}. The caller decides when to give up. Single-threaded, like the agent
 * that owns it.
 *
 * @param <L> the kind of link
 */
public final class Reconnector<L> {
    private static final Logger LOG = LoggerFactory.getLogger(Reconnector.class);

    private final Supplier<L> opener;
    private long dueNs;
    private long pauseNs;
    private RuntimeException failure;

    /** @param opener opens a link or throws; may block for {@link Protocol#OPEN_NS} */
    public Reconnector(Supplier<L> opener) {
        this.opener = opener;
    }

    /** Schedules the first attempt to open a lost link after {@code delayNs}. */
    public void lost(long nowNs, long delayNs) {
        pauseNs = Protocol.REOPEN_NS;
        dueNs = nowNs + delayNs;
        failure = null;
    }

    /** Returns a new link; null if no attempt is due, or if it failed, see {@link #failure()}. */
    public L open(long nowNs) {
        failure = null;
        if (nowNs - dueNs < 0) {
            return null;
        }
        try {
            return opener.get();
        } catch (RuntimeException e) {
            LOG.debug("no link yet", e);
            failure = e;
            pauseNs = Math.min(2 * pauseNs, Protocol.SLOWEST_REOPEN_NS);
            dueNs = nowNs + pauseNs;
            return null;
        }
    }

    /** Returns the exception of the last {@link #open}; null if it did not fail. */
    public RuntimeException failure() {
        return failure;
    }
}
