package org.eden4j.simulator.process;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the network of a job is made to lose. */
public final class LossOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--loss", paramLabel = "P", defaultValue = "0", description = "Every datagram is lost with this probability, both ways, and repeated; over udp, which is then the"
            + " default (default ${DEFAULT-VALUE}).")
    double probability;

    public Loss loss() {
        try {
            return new Loss(probability, false);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
