package org.eden4j.dl4j;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.AggregatorBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Real jobs of this process, one at a time: members in their own threads and an aggregator, over IPC through a media
 * driver.
 */
final class IpcJobs implements BeforeAllCallback, AfterAllCallback {
    /** A value for {@code pauseAfter} that keeps members together however slow this machine is. */
    static final Duration NEVER = Duration.ofMinutes(10);
    private static final int MOST_MEMBERS = 16;

    private MediaDriverHost driver;
    private int jobs;

    /** The program of one member. */
    interface Member {
        void run(int index, JobAddress job) throws Exception;
    }

    /** Runs the members of one job; throws the first failure. */
    void run(int workers, String method, String downlink, UnaryOperator<AggregatorBuilder> options, Member member)
            throws Exception {
        JobAddress address = JobAddress.ipc(driver.directory(), ++jobs);
        try (Aggregator _ = options
            .apply(Aggregator.builder(address, workers, Method.parse(method)).downlink(Method.parse(downlink)))
            .start()) {
            InProcessJob.runAll(workers, index -> member.run(index, address));
        }
    }

    /** As {@link #run}, with the default options of a job. */
    void run(int workers, String method, String downlink, Member member) throws Exception {
        run(workers, method, downlink, options -> options, member);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        driver = MediaDriverHost.launch(MOST_MEMBERS);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        driver.close();
    }
}
