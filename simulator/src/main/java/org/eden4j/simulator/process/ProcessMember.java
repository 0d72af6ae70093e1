package org.eden4j.simulator.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eden4j.simulator.output.Json;
import org.eden4j.transport.media.MediaDriverHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member in a process of its own: commands go to its standard input, events come from its standard output. */
final class ProcessMember implements Member {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMember.class);
    private static final int LAST_LINES = 12;
    /** The exit code upon Ctrl-C. */
    private static final int INTERRUPTED = 130;

    private final String name;
    private final Path log;
    private final Process process;
    private final Writer commands;

    private ProcessMember(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts a process.
     *
     * @param directory where its log goes
     * @param listener is called from a thread of this member's own
     * @throws UncheckedIOException if it cannot be started
     */
    static <S extends Record & RoleSettings> ProcessMember start(
            String name, S settings, Path directory, Consumer<Event> listener) {
        Path log = directory.resolve(name.replace(' ', '-') + ".log");
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.command(settings))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())); // after that of a process it replaces
        builder.environment().put(ChildMain.RUN_DIRECTORY, directory.toString());
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        try {
            ProcessMember member = new ProcessMember(name, log, builder.start());
            Thread.ofPlatform().daemon().name(name + " events").start(() -> member.read(listener));
            return member;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started: " + e.getMessage(), e);
        }
    }

    private void read(Consumer<Event> listener) {
        try (BufferedReader events = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                listener.accept(new Event(this, Json.parse(line)));
            }
            process.waitFor();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} said what cannot be read, it is ended: {}", name, e.getMessage());
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listener.accept(new Event(this, null));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public synchronized void send(String line) {
        try {
            commands.write(line + "\n");
            commands.flush();
        } catch (IOException e) {
            LOG.debug("{} has ended and does not take '{}': {}", name, line, e.getMessage());
        }
    }

    @Override
    public boolean interrupted() {
        return !process.isAlive() && process.exitValue() == INTERRUPTED;
    }

    @Override
    public String lastWords() {
        String exit = process.isAlive() ? "still running" : "exit code " + process.exitValue();
        try {
            List<String> lines = Files.readAllLines(log)
                .stream()
                .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                .toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
            return last.isEmpty() ? exit : exit + "\n  " + String.join("\n  ", last);
        } catch (IOException e) {
            return exit + ", its log " + log + " cannot be read: " + e.getMessage();
        }
    }

    @Override
    public synchronized void dismiss() {
        try {
            commands.close();
        } catch (IOException e) {
            LOG.debug("{} has ended before it was dismissed: {}", name, e.getMessage());
        }
    }

    @Override
    public void end(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} (pid {}) did not end within {} ms and is ended by force", name, pid(), limit.toMillis());
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        MediaDriverHost.removeLeftovers(pid());
    }
}
