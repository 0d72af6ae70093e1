package org.eden4j.simulator.doctor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Results;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code eden doctor}: checks whether this machine can run everything, and says what to do if it cannot. */
@Command(name = "doctor", description = "Checks JDK, SIMD, shared memory, socket buffers, ports, data and ND4J.", footer = {
        "",
        "The exit code is 1 if any check is not ok.",
        "",
        "Example:",
        "  ./eden doctor --format json"})
public final class DoctorCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "check", "ok", "detail");
    private static final List<String> TEXT_COLUMNS = List.of("check", "ok", "detail");

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        boolean healthy = true;
        Map<String, Check.Look> looks = MachineChecks.all();
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
}
