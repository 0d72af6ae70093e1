package org.eden4j.simulator.doctor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Results;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.HostNeeds;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden doctor}: checks whether this machine can run everything, and says what to do if it cannot. */
@Command(name = "doctor", description = "Checks JDK, SIMD, shared memory, socket buffers, ports, links, data and ND4J.", footer = {
        "",
        "The exit code is 1 if any check is not ok.",
        "",
        "Example:",
        "  ./eden doctor --format json",
        "  ./eden doctor --workers 16 --peers"})
public final class DoctorCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "check", "ok", "detail");
    private static final List<String> TEXT_COLUMNS = List.of("check", "ok", "detail");

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Workers of the job for which memory and buffers are checked, at most (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--shards", paramLabel = "S", defaultValue = "1", description = "Its aggregators (default ${DEFAULT-VALUE}).")
    private int shards;

    @Option(names = "--peers", description = "No aggregator processes: each worker hosts a shard.")
    private boolean peers;

    @Override
    public Integer call() {
        boolean healthy = true;
        Map<String, Check.Look> looks = MachineChecks.all(needs(), peers);
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress("doctor", looks.size())) {
            results.widen("check", looks.keySet());
            for (Map.Entry<String, Check.Look> look : looks.entrySet()) {
                Check check = Check.of(look.getKey(), look.getValue());
                results.add(check.row());
                healthy &= check.ok();
                progress.step(1);
            }
        }
        return healthy ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private HostNeeds needs() {
        int aggregators = peers ? workers : shards;
        if (workers < 1 || aggregators < 1 || aggregators > Shard.MOST) {
            throw new ParameterException(spec.commandLine(), "a job has at least 1 worker and 1 to " + Shard.MOST
                    + " shards, got " + workers + " and " + aggregators);
        }
        return new HostNeeds(workers, aggregators);
    }
}
