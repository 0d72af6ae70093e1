package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.eden4j.compressor.Method;

/** Skeleton of one member of a job, the agent follows. */
public final class Worker implements AutoCloseable {
    private final Builder builder;

    private Worker(Builder builder) {
        this.builder = builder;
    }

    public static Builder builder(JobAddress address, int dimension, Method method) {
        return new Builder(address, dimension, method);
    }

    /** Arguments of a join. */
    public static final class Builder {
        private final JobAddress address;
        private final int dimension;
        private final Method method;
        private int index = -1;
        private Duration joinTimeout = Duration.ofSeconds(30);
        private int mtu;

        private Builder(JobAddress address, int dimension, Method method) {
            this.address = address;
            this.dimension = dimension;
            this.method = method;
        }

        public Builder index(int index) {
            this.index = index;
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

        public Worker join() {
            throw new UnsupportedOperationException(
                    "not yet: " + address + dimension + method + index + joinTimeout + mtu);
        }
    }

    public int index() {
        return builder.index;
    }

    public int workers() {
        throw new UnsupportedOperationException();
    }

    public int dimension() {
        return builder.dimension;
    }

    public long jobSeed() {
        throw new UnsupportedOperationException();
    }

    public Method method() {
        return builder.method;
    }

    public Method downlink() {
        throw new UnsupportedOperationException();
    }

    public int mtu() {
        return builder.mtu;
    }

    public void shareModel(MemorySegment model) {
        throw new UnsupportedOperationException("not yet: " + model);
    }

    public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        throw new UnsupportedOperationException("not yet: " + update + weight + mean);
    }

    @Override
    public void close() {}
}
