package org.eden4j.simulator.process;

import org.eden4j.simulator.cli.GivenMethod;
import picocli.CommandLine.Option;

/** How the vectors of one job are compressed. */
public final class MethodOptions {
    @Option(names = "--method", paramLabel = "M", defaultValue = "eden:bits=4", converter = GivenMethod.Converter.class, description = "How updates are compressed (default ${DEFAULT-VALUE}).")
    GivenMethod method;

    @Option(names = "--downlink", paramLabel = "M", defaultValue = "eden:bits=8", converter = GivenMethod.Converter.class, description = "How the mean is compressed (default ${DEFAULT-VALUE}).")
    GivenMethod downlink;

    public GivenMethod method() {
        return method;
    }

    public GivenMethod downlink() {
        return downlink;
    }
}
