package org.eden4j.transport;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.AgentRunner;
import org.eden4j.compressor.Method;
import org.eden4j.transport.aggregator.AggregatorAgent;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Standing;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.AgentThreads;
import org.eden4j.transport.wire.Protocol;

/**
 * Collects the updates of a job's workers, averages them, and answers with the mean. Runs in its own thread from
 * {@link AggregatorBuilder#start()} until every member has left or the job has failed.
 *
 * <pre>{@code
 * try (Aggregator aggregator = Aggregator.builder(JobAddress.udp("127.0.0.1", 7400), 4, Eden.unbiased(4)).start()) {
 *     aggregator.awaitEnd();
 * }
 * }</pre>
 *
 * <p>A killed aggregator may be started again at the same address with the same arguments: the workers find it, and the
 * furthest one restores the job.
 *
 * <p>The mean of a block is the sum over the workers whose block arrived, in worker order, of weight times decoded
 * block, times the inverse of the sum of those weights. It depends on the contributors, never on timing: equal seeds
 * give equal bits.
 */
public final class Aggregator implements AutoCloseable {
    private final JobAddress.Single address;
    private final AgentRunner runner;
    private final AggregatorAgent agent;
    private boolean closed;

    Aggregator(JobAddress.Single address, AgentRunner runner, AggregatorAgent agent) {
        this.address = address;
        this.runner = runner;
        this.agent = agent;
    }

    /**
     * Starts the configuration of a job.
     *
     * @param address the address at which workers find it; UDP port 0 selects a free port, see {@link #address()}
     * @param workers the number of members that must have joined before the job starts, 1..2048
     * @param method the compression method of updates; workers must request the same one
     */
    public static AggregatorBuilder builder(JobAddress address, int workers, Method method) {
        return new AggregatorBuilder(address, workers, method);
    }

    /** Returns the address at which workers reach it, with the bound port. */
    public JobAddress.Single address() {
        return address;
    }

    /**
     * Blocks until every member has left.
     *
     * @throws TransportException if the job failed, with the reason
     */
    public void awaitEnd() {
        await(Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * As {@link #awaitEnd()}, with a time limit.
     *
     * @return whether the job has ended
     * @throws TransportException if the job failed, with the reason
     */
    public boolean await(Duration limit) {
        try {
            agent.end().get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransportException("interrupted while waiting for the job's end", e);
        } catch (ExecutionException | CompletionException e) {
            throw new TransportException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** Returns the recent progress of the job. */
    Standing standing() {
        return agent.standing();
    }

    /** Ends the job: remaining members are informed, and their exchanges fail. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            agent.requestClose();
            AgentThreads.awaitEnd(runner, 2 * Protocol.FAREWELL_NS);
            runner.close();
        }
    }
}
