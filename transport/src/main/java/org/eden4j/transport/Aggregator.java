package org.eden4j.transport;

import java.time.Duration;
import java.util.function.Consumer;
import org.eden4j.compressor.Method;

/** Skeleton of the aggregator, the agent follows. */
public final class Aggregator implements AutoCloseable {
    private final Builder builder;

    private Aggregator(Builder builder) {
        this.builder = builder;
    }

    public static Builder builder(JobAddress address, int workers, Method method) {
        return new Builder(address, workers, method);
    }

    /** Arguments of a job. */
    public static final class Builder {
        private final JobAddress address;
        private final int workers;
        private final Method method;
        private int dimension;
        private Method downlink = Method.parse("eden:bits=8");
        private Duration deadline = Duration.ofSeconds(5);
        private int quorum;
        private long jobSeed = 1;
        private Duration joinTimeout = Duration.ofSeconds(30);
        private int mtu;
        private Consumer<RoundStatistics> onRound = _ -> {};

        private Builder(JobAddress address, int workers, Method method) {
            this.address = address;
            this.workers = workers;
            this.method = method;
        }

        public Builder dimension(int dimension) {
            this.dimension = dimension;
            return this;
        }

        public Builder downlink(Method downlink) {
            this.downlink = downlink;
            return this;
        }

        public Builder deadline(Duration deadline) {
            this.deadline = deadline;
            return this;
        }

        public Builder quorum(int quorum) {
            this.quorum = quorum;
            return this;
        }

        public Builder jobSeed(long jobSeed) {
            this.jobSeed = jobSeed;
            return this;
        }

        public Builder joinTimeout(Duration joinTimeout) {
            this.joinTimeout = joinTimeout;
            return this;
        }

        public Builder mtu(int mtu) {
            this.mtu = mtu;
            return this;
        }

        public Builder onRound(Consumer<RoundStatistics> onRound) {
            this.onRound = onRound;
            return this;
        }

        public Aggregator start() {
            throw new UnsupportedOperationException("not yet: " + workers + method + dimension + downlink + deadline
                    + quorum + jobSeed + joinTimeout + mtu + onRound);
        }
    }

    /** Where workers reach it; with the port that was really bound. */
    public JobAddress address() {
        return builder.address;
    }

    /** Blocks until every member left; rethrows what made the job fail. */
    public void awaitEnd() {
        throw new UnsupportedOperationException();
    }

    /** As {@link #awaitEnd()}, at most so long; whether the job has ended. */
    public boolean await(Duration limit) {
        throw new UnsupportedOperationException("not yet: " + limit);
    }

    @Override
    public void close() {}
}
