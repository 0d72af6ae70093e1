package org.eden4j.transport.mean;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.wire.WorkerSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Warns of members whose frames are left out, and of missing members: once per case, not in every round in which it
 * persists. Not thread-safe.
 */
public final class LeftOutLog {
    private static final Logger LOG = LoggerFactory.getLogger(LeftOutLog.class);

    private final Map<LeftOut.Reason, BitSet> named = new EnumMap<>(LeftOut.Reason.class);
    private BitSet missingBefore = new BitSet();

    /** Logs the new cases of a closed round. */
    public void closed(long round, List<LeftOut> leftOut, BitSet members, BitSet missing, long elapsedMs) {
        for (LeftOut one : leftOut) {
            BitSet workers = named.computeIfAbsent(one.reason(), _ -> new BitSet());
            if (!workers.get(one.worker())) {
                workers.set(one.worker());
                LOG.warn(
                        "worker {}: {} frames are left out of round {}: {}; RoundStatistics.leftOut counts later ones",
                        one.worker(), one.frames(), round, one.reason());
            }
        }
        if (!missing.isEmpty()) {
            LOG.atLevel(missing.equals(missingBefore) ? Level.DEBUG : Level.WARN)
                .log("round {} closed with {} of {} workers after {} ms; missing {}", round,
                        members.cardinality() - missing.cardinality(), members.cardinality(), elapsedMs,
                        WorkerSet.name(missing));
        }
        missingBefore = missing;
    }
}
