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
 * Collects the updates of a job's workers, averages them, and answers with the mean. Runs in a thread of its own from
 * {@link AggregatorBuilder#start()} until every member has left or the job has failed.
 *
 * <pre>{@code
 * try (Aggregator aggregator = Aggregator.builder(JobAddress.udp("127.0.0.1", 7400), 4, Eden.unbiased(4)).start()) {
 *     aggregator.awaitEnd();
 * }
 * }</pre>
 *
 * <p>An aggregator that was killed may be started again at the same address with the same arguments: the workers find it,
 * and the one that is furthest restores the job.
 *
 * <p>The mean of a block is the sum over the workers whose block arrived, in worker order, of weight times decoded
 * block, times the inverse of those weights' sum. It depends on who contributed, never on timing: equal seeds give equal
 * bits.
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
     * Starts the arguments of a job.
     *
     * @param address where workers will find it; UDP port 0 takes a free one, see {@link #address()}
     * @param workers members that must have joined before the job starts, 1..2048
     * @param method how updates travel; workers must ask for the same
     */
    public static AggregatorBuilder builder(JobAddress address, int workers, Method method) {
        return new AggregatorBuilder(address, workers, method);
    }

    /** Where workers reach it; with the port that was really bound. */
    public JobAddress.Single address() {
        return address;
    }

    /**
     * Blocks until every member left.
     *
     * @throws TransportException what made the job fail
     */
    public void awaitEnd() {
        await(Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * As {@link #awaitEnd()}, for at most so long.
     *
     * @return whether the job has ended
     * @throws TransportException what made the job fail
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

    /** Where the job stands, a moment ago. */
    Standing standing() {
        return agent.standing();
    }

    /** Ends the job: members that are still there are told, and their exchanges fail. */
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
