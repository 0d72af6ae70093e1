package org.eden4j.spark;

import java.util.Comparator;
import java.util.List;

/** The processes of executors, which are this one's children. */
final class Executors {
    private Executors() {}

    static List<ProcessHandle> all() {
        return ProcessHandle.current()
            .children()
            .filter(child -> child.info()
                .commandLine()
                .or(() -> child.info().command())
                .map(command -> command.contains("java"))
                .orElse(false))
            .toList();
    }

    /** Kills the one that has computed most, as {@code kill -9}: one without tasks is not killed. */
    static void killOne() {
        all().stream()
            .max(Comparator.comparing(executor -> executor.info().totalCpuDuration().orElseThrow()))
            .orElseThrow()
            .destroyForcibly();
    }
}
