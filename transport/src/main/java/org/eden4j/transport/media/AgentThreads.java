package org.eden4j.transport.media;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each agent on its own daemon thread. */
public final class AgentThreads {
    private static final Logger LOG = LoggerFactory.getLogger(AgentThreads.class);

    /** Longest park of an agent: agents do not count heartbeats as work. */
    private static final int LONGEST_PARK_MS = 4;

    private AgentThreads() {}

    public static AgentRunner start(Agent agent) {
        AgentRunner runner = new AgentRunner(new ParkingIdleStrategy(LONGEST_PARK_MS), AgentThreads::onError,
                null, agent);
        AgentRunner.startOnThread(runner, AgentThreads::daemon);
        while (runner.thread() == null) {
            Thread.yield(); // the runner knows its thread once it runs, and close() needs it
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

    /** Waits for an agent that was asked to end, until this limit. */
    public static void awaitEnd(AgentRunner runner, long limitNs) {
        try {
            runner.thread().join(TimeUnit.NANOSECONDS.toMillis(limitNs));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
