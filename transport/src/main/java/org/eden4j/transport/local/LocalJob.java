package org.eden4j.transport.local;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.DefaultMethods;
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
 * <p>With the arguments of an {@link org.eden4j.transport.Aggregator}, means equal those of its job bit for bit, and so
 * do the byte counts of results, which are those of the frames that a job over Aeron would send. A local job has no
 * provisions for failing networks and processes: a round has no deadline and no quorum, but waits for all members that
 * have neither paused nor left, so results depend only on the updates.
 *
 * <p>No call waits forever: a failed member leaves; a call that has waited for another member longer than the job's
 * {@linkplain Builder#patience patience} ends the job for all, and so does {@link #close}.
 *
 * <p>Memory, off the heap: 8 bytes per coordinate and two rounds of payloads for the job, and one round of payloads per
 * member, while the job is reachable; 4 more bytes per coordinate if members share a model. Thread-safe.
 */
public final class LocalJob implements AutoCloseable {
    private final Meeting meeting;

    private LocalJob(LocalTerms terms) {
        meeting = new Meeting(terms);
    }

    /**
     * Starts the configuration of a job.
     *
     * @param workers the number of members; the job waits until this number has joined
     * @param method the compression method of updates
     */
    public static Builder builder(int workers, Method method) {
        return new Builder(workers, method);
    }

    /** Starts the configuration of a join, for a member whose updates have these parts. */
    public Joining member(UpdateLayout layout) {
        return new Joining(meeting, layout);
    }

    /** Starts the configuration of a join, for updates of one part with the job's method. */
    public Joining member(int dimension) {
        return member(UpdateLayout.whole(dimension, method()));
    }

    public int workers() {
        return meeting.terms().workers();
    }

    /** Returns the compression method of updates. */
    public Method method() {
        return meeting.terms().method();
    }

    /** Returns the compression method of means. */
    public Method downlink() {
        return meeting.terms().downlink();
    }

    /** Returns the open round. */
    public long round() {
        return meeting.round();
    }

    /** Ends the job: every later call of a member fails. */
    @Override
    public void close() {
        fail("the job was closed");
    }

    /** Ends the job like {@link #close}, with a reason that members receive. */
    public void fail(String reason) {
        meeting.fail(new TransportException(reason));
    }

    /** The configuration of a local job. */
    public static final class Builder {
        private final int workers;
        private final Method method;
        private Method downlink = DefaultMethods.means();
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

        /**
         * Sets the compression method of means; by default {@link DefaultMethods#MEANS}. Its error is not divided by the number of workers.
         */
        public Builder downlink(Method downlink) {
            this.downlink = Objects.requireNonNull(downlink);
            return this;
        }

        /** Sets the seed of all rotations; 1 by default. */
        public Builder jobSeed(long jobSeed) {
            this.jobSeed = jobSeed;
            return this;
        }

        /** Sets the MTU of the equivalent job over Aeron, on which blocks and frames depend; 65504 by default. */
        public Builder mtu(int mtu) {
            FrameLayout.checkMtu(mtu);
            this.mtu = mtu;
            return this;
        }

        /**
         * Sets the number of the first round, on which rotations depend, for a job that continues another one; 0 by
         * default.
         */
        public Builder firstRound(long round) {
            if (round < 0 || round > Protocol.LAST_RESTORED_ROUND) {
                throw new IllegalArgumentException(
                        "the first round must be in 0.." + Protocol.LAST_RESTORED_ROUND + ", got " + round);
            }
            firstRound = round;
            return this;
        }

        /** Sets how long a call waits for other members before it ends the job; 10 minutes by default. */
        public Builder patience(Duration patience) {
            if (patience.isNegative() || patience.isZero()) {
                throw new IllegalArgumentException("patience must be positive, got " + patience);
            }
            this.patience = patience;
            return this;
        }

        /**
         * Sets a consumer called at the end of each round, in the thread of the member that arrived last: it must not
         * block, nor call members. Its exceptions are logged, and the job continues.
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

    /** The configuration of a join. */
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

        /**
         * Sets the text on which the members' programs must agree, see
         * {@link org.eden4j.transport.WorkerBuilder#agreement}.
         */
        public Joining agreement(String agreement) {
            this.agreement = Protocol.checkedAgreement(agreement);
            return this;
        }

        /** Requests this worker number, from 0, on which rotations depend. By default the lowest free one. */
        public Joining index(int index) {
            if (index < 0) {
                throw new IllegalArgumentException("worker number must be at least 0, got " + index);
            }
            this.index = index;
            return this;
        }

        /**
         * Adds the compression error of earlier updates to each update, see
         * {@link org.eden4j.transport.WorkerBuilder#errorFeedback}.
         */
        public Joining errorFeedback() {
            errorFeedback = true;
            return this;
        }

        /**
         * Joins, without waiting for others. As many members may join as there are workers; after one has left, another
         * may take its number.
         *
         * @throws org.eden4j.transport.job.JoinRejectedException if layout or agreement differ from the present
         *         members', the number is taken, all numbers are taken, or the job has ended
         */
        public Member join() {
            return new LocalMember(meeting, new Agreed(layout, agreement), index, errorFeedback);
        }
    }
}
