package org.eden4j.simulator.process;

import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.GivenSchedule;
import org.eden4j.transport.job.DefaultMethods;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How the vectors of one job are compressed. */
public final class MethodOptions {
    private static final String METHOD = "--method";
    private static final String DOWNLINK = "--downlink";

    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = METHOD, paramLabel = "M", defaultValue = DefaultMethods.UPDATES, converter = GivenMethod.Converter.class, description = "Method of the updates (default ${DEFAULT-VALUE}).")
    GivenMethod method;

    @Option(names = DOWNLINK, paramLabel = "M", defaultValue = DefaultMethods.MEANS, converter = GivenMethod.Converter.class, description = "Method of the mean (default ${DEFAULT-VALUE}).")
    GivenMethod downlink;

    @Option(names = "--schedule", paramLabel = "UP/DOWN;..", converter = GivenSchedule.Converter.class, description = "Both of them from round to round, such as \"none/none;eden:bits=4/eden:bits=8@20\": each phase but the"
            + " first says from which round on. Without /DOWN in any phase --downlink holds.")
    GivenSchedule schedule;

    public GivenMethod method() {
        if (schedule == null) {
            return method;
        }
        refuse(METHOD, "updates");
        return schedule.method();
    }

    public GivenMethod downlink() {
        if (schedule == null || schedule.downlink() == null) {
            return downlink;
        }
        refuse(DOWNLINK, "means");
        return schedule.downlink();
    }

    private void refuse(String option, String what) {
        if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
            throw new ParameterException(spec.commandLine(),
                    "--schedule says how " + what + " travel: leave out " + option);
        }
    }
}
