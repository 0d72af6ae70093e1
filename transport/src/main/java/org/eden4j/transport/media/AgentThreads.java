package org.eden4j.transport.media;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs agents on daemon threads of their own. */
public final class AgentThreads {
    private static final Logger LOG = LoggerFactory.getLogger(AgentThreads.class);

    /** Agents do not count heartbeats as work. */
    private static final int LONGEST_PARK_MS = 4;

    private AgentThreads() {}

    public static AgentRunner start(Agent agent) {
        AgentRunner runner = new AgentRunner(new ParkingIdleStrategy(LONGEST_PARK_MS), AgentThreads::onError,
                null, agent);
        AgentRunner.startOnThread(runner, AgentThreads::daemon);
        while (runner.thread() == null) {
            Thread.yield(); // it knows its thread once that runs; whoever closes it at once needs to know it, too
        }
        return runner;
    }

    private static Thread daemon(Runnable run) {
        Thread thread = new Thread(run);
        thread.setDaemon(true);
        return thread;
    }

    private static void onError(Throwable error) {
        if (!(error instanceof AgentTerminationException)) {
            LOG.error("an agent failed", error);
        }
    }

    /** Gives an agent that was asked to end the time to do so by itself. */
    public static void awaitEnd(AgentRunner runner, long limitNs) {
        try {
            runner.thread().join(TimeUnit.NANOSECONDS.toMillis(limitNs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
