package org.eden4j.spark;

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

    /** As {@code kill -9}. */
    static void killOne() {
        all().getFirst().destroyForcibly();
    }
}
