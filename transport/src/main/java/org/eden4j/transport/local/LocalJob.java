package org.eden4j.transport.local;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;

/**
 * A job whose members are threads of this JVM.
 *
 * <pre>{@code
 * LocalJob job = LocalJob.builder(workers, Method.parse("eden:bits=4")).build();
 * // in each of as many threads
 * try (Member member = job.member(dimension).join()) {
 *     while (training) {
 *         RoundResult result = member.exchange(update, examples, mean);
 *     }
 * }
 * }</pre>
 *
 * <p>With the arguments of an {@link org.eden4j.transport.Aggregator} means are those of its job, bit for bit, and so are the
 * bytes that results count: those of the frames that would travel. What a job over Aeron has for the sake of networks and
 * processes that fail, a local job has not: a round has no deadline and no quorum, it waits for all that have neither paused
 * nor left, so that results depend on nothing but the updates.
 *
 * <p>Nothing waits for ever: a member that fails leaves; a call that has waited for another member longer than the job's
 * {@linkplain Builder#patience patience} ends the job for all, and so does {@link #close}.
 *
 * <p>Memory, off the heap: 8 bytes per coordinate and two rounds of payloads for the job, one of payloads for each member, as
 * long as the job can be reached; 4 bytes per coordinate more where members share a model. Thread-safe.
 */
public final class LocalJob implements AutoCloseable {
    private final Meeting meeting;

    private LocalJob(LocalTerms terms) {
        meeting = new Meeting(terms);
    }

    /**
     * Starts the arguments of a job.
     *
     * @param workers members that are waited for until all have come, at the same time
     * @param method how updates travel
     */
    public static Builder builder(int workers, Method method) {
        return new Builder(workers, method);
    }

    /** Starts the arguments of a join, for a member whose updates have these parts. */
    public Joining member(UpdateLayout layout) {
        return new Joining(meeting, layout);
    }

    /** The same for updates of one part, which travels by the job's method. */
    public Joining member(int dimension) {
        return member(UpdateLayout.whole(dimension, method()));
    }

    public int workers() {
        return meeting.terms().workers();
    }

    /** How updates travel. */
    public Method method() {
        return meeting.terms().method();
    }

    /** How means travel. */
    public Method downlink() {
        return meeting.terms().downlink();
    }

    /** The round that is open. */
    public long round() {
        return meeting.round();
    }

    /** Ends the job: every call of a member fails from now on. */
    @Override
    public void close() {
        fail("the job was closed");
    }

    /** As {@link #close}, with a reason that members are told. */
    public void fail(String reason) {
        meeting.fail(new TransportException(reason));
    }

    /** Arguments of a local job. */
    public static final class Builder {
        private final int workers;
        private final Method method;
        private Method downlink = Eden.unbiased(8);
        private int mtu = FrameLayout.LARGEST_MTU;
        private long jobSeed = 1;
        private long firstRound;
        private Duration patience = Duration.ofMinutes(10);
        private Consumer<RoundStatistics> onRound = _ -> {};

        private Builder(int workers, Method method) {
            if (workers < 1 || workers > Protocol.MOST_WORKERS) {
                throw new IllegalArgumentException(
                        "workers must be in 1.." + Protocol.MOST_WORKERS + ", got " + workers);
            }
            this.workers = workers;
            this.method = Objects.requireNonNull(method);
        }

        /** How means travel; by default EDEN at 8 bits, since its error is not divided by the number of workers. */
        public Builder downlink(Method downlink) {
            this.downlink = Objects.requireNonNull(downlink);
            return this;
        }

        /** The seed of all rotations; 1 by default. */
        public Builder jobSeed(long jobSeed) {
            this.jobSeed = jobSeed;
            return this;
        }

        /** The MTU of the job over Aeron that this one equals, since blocks and frames depend on it; 65504 by default. */
        public Builder mtu(int mtu) {
            FrameLayout.checkMtu(mtu);
            this.mtu = mtu;
            return this;
        }

        /** The number of the first round, on which rotations depend, for a job that goes on where another has ended; 0 by default. */
        public Builder firstRound(long round) {
            if (round < 0 || round > Protocol.LAST_RESTORED_ROUND) {
                throw new IllegalArgumentException(
                        "the first round must be in 0.." + Protocol.LAST_RESTORED_ROUND + ", got " + round);
            }
            firstRound = round;
            return this;
        }

        /** How long a call waits for other members before it ends the job; 10 minutes by default. */
        public Builder patience(Duration patience) {
            if (patience.isNegative() || patience.isZero()) {
                throw new IllegalArgumentException("patience must be positive, got " + patience);
            }
            this.patience = patience;
            return this;
        }

        /**
         * Called at the end of each round, in the thread of the member that came last: must not block, nor call members. What it
         * throws is logged, the job goes on.
         */
        public Builder onRound(Consumer<RoundStatistics> onRound) {
            this.onRound = Objects.requireNonNull(onRound);
            return this;
        }

        public LocalJob build() {
            return new LocalJob(
                    new LocalTerms(workers, method, downlink, mtu, jobSeed, firstRound, patience, onRound));
        }
    }

    /** Arguments of a join. */
    public static final class Joining {
        private final Meeting meeting;
        private final UpdateLayout layout;
        private String agreement = "";
        private int index = -1;
        private boolean errorFeedback;

        private Joining(Meeting meeting, UpdateLayout layout) {
            this.meeting = meeting;
            this.layout = layout;
        }

        /** What the members' programs have to agree on, see {@link org.eden4j.transport.WorkerBuilder#agreement}. */
        public Joining agreement(String agreement) {
            this.agreement = Protocol.checkedAgreement(agreement);
            return this;
        }

        /** The worker number to ask for, from 0; rotations depend on it. By default the lowest free one. */
        public Joining index(int index) {
            if (index < 0) {
                throw new IllegalArgumentException("worker number must be at least 0, got " + index);
            }
            this.index = index;
            return this;
        }

        /** Adds to each update what compression left of earlier ones, see {@link org.eden4j.transport.WorkerBuilder#errorFeedback}. */
        public Joining errorFeedback() {
            errorFeedback = true;
            return this;
        }

        /**
         * Joins, without waiting for others. As many members join as there are workers; where one has left another may take its
         * number.
         *
         * @throws org.eden4j.transport.job.JoinRejectedException if layout or agreement differ from those of the members that are
         *         there, the number is taken, all are, or the job has ended
         */
        public Member join() {
            return new LocalMember(meeting, new Agreed(layout, agreement), index, errorFeedback);
        }
    }
}
