package org.eden4j.simulator.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.mean.FreeRun;
import org.eden4j.simulator.process.JobOptions;
import org.eden4j.simulator.process.JobSettings;
import org.eden4j.simulator.process.MethodOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden soak}: runs a long job in which members are killed, stopped, removed and replaced. */
@Command(name = "soak", hidden = true, description = "Runs a long job through kills, stops, leaves and joins.")
public final class SoakCommand implements Callable<Integer> {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private JobOptions job;

    @Mixin
    private MethodOptions methods;

    @Option(names = "--dimension", defaultValue = "10000", description = "Coordinates per vector (default ${DEFAULT-VALUE}).")
    private int dimension;

    @Option(names = "--rounds", defaultValue = "10000", description = "Number of rounds (default ${DEFAULT-VALUE}).")
    private long rounds;

    @Option(names = "--pause", defaultValue = "20", description = "Pause of a worker between two rounds, in milliseconds (default ${DEFAULT-VALUE}).")
    private long pauseMs;

    @Option(names = "--incidents", split = ",", paramLabel = "INCIDENT", description = "Incidents: some of ${COMPLETION-CANDIDATES} (default: all that the channel supports).")
    private List<Incident> incidents;

    @Option(names = "--peers", description = "No aggregator processes: each worker hosts a shard, and none leaves before the end.")
    private boolean peers;

    @Override
    public Integer call() throws InterruptedException {
        JobSettings settings = settings();
        boolean hasDriver = settings.channel() == JobOptions.Channel.ipc && !settings.threads();
        List<Incident> possible = Arrays.stream(Incident.values())
            .filter(kind -> hasDriver || kind != Incident.KILL_DRIVER)
            .filter(kind -> !peers || !kind.needsAggregator() && kind != Incident.LEAVE)
            .toList();
        List<Incident> kinds = incidents == null ? possible : incidents;
        for (Incident kind : kinds) {
            if (!possible.contains(kind)) {
                throw new ParameterException(spec.commandLine(),
                        kind + " cannot happen in this job, whose incidents are "
                                + possible + (kind == Incident.KILL_DRIVER
                                        ? ": only separate processes over ipc have a driver of their own"
                                        : ": peers host the aggregators, and none leaves before the end"));
            }
        }
        Draws draws = new Draws(Input.parse("lognormal"), Vectors.parse("independent"), false, common.seed());
        try (FreeRun run = new FreeRun(settings, dimension, draws, rounds, pauseMs)) {
            return new SoakRun(run, settings, rounds, kinds, common.seed(), spec.commandLine().getOut()).call() ? 0
                    : 1;
        }
    }

    private JobSettings settings() {
        JobSettings settings = job.settings(methods.method(), methods.downlink(), common.seed(), DEADLINE);
        try {
            return peers ? settings.ofPeers() : settings;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
