package org.eden4j.simulator.process;

import java.time.Duration;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.transport.wire.FrameLayout;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that run an aggregator and workers. */
public final class JobOptions {
    /** How frames travel. */
    public enum Channel {
        ipc, udp
    }

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Number of worker processes (default ${DEFAULT-VALUE}).")
    int workers;

    @Option(names = "--channel", paramLabel = "C", description = "${COMPLETION-CANDIDATES}: one media driver for all, or one in each process and UDP on the loopback"
            + " interface (default ipc).")
    Channel channel;

    @Option(names = "--port", paramLabel = "P", defaultValue = "0", description = "With udp: the aggregator's port, of several the first of consecutive ones; 0 takes free ones (default ${DEFAULT-VALUE}).")
    int port;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "0", description = "Aeron's MTU, "
            + FrameLayout.SMALLEST_MTU + ".." + FrameLayout.LARGEST_MTU
            + ", a multiple of 32; 0 leaves it to the transport (default ${DEFAULT-VALUE}).")
    int mtu;

    @Option(names = "--deadline", paramLabel = "SECONDS", converter = SecondsConverter.class, description = "Time after which a round closes without missing workers (mean 5, train 60).")
    Duration deadline;

    @Option(names = "--quorum", paramLabel = "Q", defaultValue = "0", description = "Smallest number of workers at the deadline; with fewer the round fails. 0 means half, rounded up (default ${DEFAULT-VALUE}).")
    int quorum;

    @Option(names = "--attempts", paramLabel = "N", defaultValue = "0", description = "How often a round without a quorum is tried before the job fails; 0 means for a minute (default ${DEFAULT-VALUE}).")
    int attempts;

    @Option(names = "--restarts", paramLabel = "N", defaultValue = "3", description = "How often the process of each member is replaced when it is killed or crashes (default ${DEFAULT-VALUE}).")
    int restarts;

    @Option(names = "--error-feedback", description = "Workers add to each update what compression left of earlier ones; for topk, threshold, signsgd.")
    boolean errorFeedback;

    @Option(names = "--shards", paramLabel = "S", defaultValue = "1", description = "Number of aggregator processes, each with a part of the vector; the mean is the same for any number (default ${DEFAULT-VALUE}).")
    int shards;

    @Option(names = "--threads-only", description = "Run all roles as threads of this process.")
    boolean threadsOnly;

    /** The settings of a job on a network that loses nothing, checked. */
    public JobSettings settings(GivenMethod method, GivenMethod downlink, long seed, Duration defaultDeadline) {
        return settings(method, downlink, seed, defaultDeadline, Loss.NONE);
    }

    /** The settings of a job, checked. */
    public JobSettings settings(
            GivenMethod method, GivenMethod downlink, long seed, Duration defaultDeadline, Loss loss) {
        Channel used = channel != null ? channel : loss.needsNetwork() ? Channel.udp : Channel.ipc;
        try {
            return new JobSettings(workers, method, downlink, used, port,
                    mtu == 0 && loss.needsNetwork() ? Loss.MTU : mtu,
                    deadline == null ? defaultDeadline : deadline, quorum, attempts, restarts, threadsOnly,
                    seed, loss, errorFeedback, shards, false, JobSettings.COMPARE_EVERY);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
