package org.eden4j.simulator.process;

import java.nio.file.Path;
import java.util.List;
import org.eden4j.transport.media.MediaDriverHost;

/**
 * The media driver of a job over IPC, in a process of its own so that it can be replaced. Says {@code driving}.
 *
 * @param directory where members find it
 * @param workers that it serves
 * @param shards of the job
 */
record DriverSettings(String directory, int workers, int shards) implements RoleSettings {
    /** The event of a driver that can be used. */
    static final String DRIVING = "driving";

    @Override
    public Role role() {
        return this::run;
    }

    @Override
    public List<String> jvmOptions() {
        return List.of("-Xmx128m");
    }

    private void run(Commands commands, Events events) throws InterruptedException {
        MediaDriverHost driver = MediaDriverHost.launch(workers, shards, Path.of(directory));
        try (driver) {
            events.emit(Events.named(DRIVING));
            while (commands.next() != null) {
                // nothing is said to it but the end
            }
        }
    }
}
