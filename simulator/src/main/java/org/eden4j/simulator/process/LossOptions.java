package org.eden4j.simulator.process;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the datagrams that the network of a job loses. */
public final class LossOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--loss", paramLabel = "P", defaultValue = "0", description = "Every datagram is lost with this probability, both ways; over udp with MTU "
            + Loss.MTU + ", which are then"
            + " the defaults (default ${DEFAULT-VALUE}).")
    double probability;

    @Option(names = "--unreliable", description = "Updates that are lost are not repeated: each lost frame costs its blocks one contribution. Means are.")
    boolean unreliable;

    public Loss loss() {
        try {
            return new Loss(probability, unreliable);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
