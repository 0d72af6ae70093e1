package org.eden4j.simulator.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.cli.Failures;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.output.Row;
import org.eden4j.transport.media.MediaDriverHost;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/**
 * The process of one member. Reads commands from standard input and ends when they end; writes events, and nothing else, to
 * standard output.
 */
@Command(name = ChildJvm.COMMAND, hidden = true, description = "One member of a job, started by mean and train.")
public final class ChildMain implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ChildMain.class);
    /** How long a role may take to see that its commands ended. */
    private static final long ASKING_MS = 1000;
    /** How long it may take to close its connections once interrupted. */
    private static final long CLOSING_MS = 3000;

    /** The environment variable with the directory of the run, which the parent deletes unless it is killed. */
    static final String RUN_DIRECTORY = "EDEN4J_RUN_DIRECTORY";

    private final long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L);
    private final Commands commands = new Commands();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean ending;

    @Parameters(index = "0", paramLabel = "SETTINGS", description = "The class of the settings.")
    private String settingsClass;

    @Parameters(index = "1", paramLabel = "JSON", description = "The settings.")
    private String settings;

    @Override
    public Integer call() throws ClassNotFoundException {
        PrintStream events = System.out;
        System.setOut(System.err);
        RoleSettings read = Json.read(settings, Class.forName(settingsClass).asSubclass(RoleSettings.class));
        Thread role = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(role)));
        Thread.ofPlatform().daemon().name("commands").start(this::readCommands);
        try {
            read.role().run(commands, event -> print(events, event));
            return ExitCode.OK;
        } catch (InterruptedException e) {
            LOG.info("interrupted");
            return ExitCode.OK;
        } catch (Exception e) {
            if (ending) {
                LOG.info("failed while ending", e);
                return ExitCode.OK;
            }
            LOG.error("failed", e);
            print(events, failure(e));
            return ExitCode.SOFTWARE;
        } finally {
            closed.countDown();
        }
    }

    private static void print(PrintStream events, Row event) {
        synchronized (events) {
            events.println(Json.line(event.fields()));
            events.flush();
        }
    }

    /** The event of a failure. */
    static Row failure(Exception failure) {
        return Events.named(Events.FAILED).put("message", Failures.sentence(failure));
    }

    /** Reads until the parent closes its end, or is gone; then ends this process. */
    private void readCommands() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                commands.put(line);
            }
        } catch (IOException e) {
            LOG.warn("commands cannot be read any more", e);
        }
        System.exit(ExitCode.OK);
    }

    /** Lets the role close what it has opened, whatever ends this process: first by asking, then by interrupting it. */
    private void close(Thread role) {
        ending = true;
        commands.end();
        try {
            if (!closed.await(ASKING_MS, TimeUnit.MILLISECONDS)) {
                role.interrupt();
                if (!closed.await(CLOSING_MS, TimeUnit.MILLISECONDS)) {
                    LOG.warn("the role has not closed its connections within {} ms", ASKING_MS + CLOSING_MS);
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("interrupted while the role was closing", e);
        }
        if (parent > 0 && ProcessHandle.of(parent).isEmpty()) {
            MediaDriverHost.removeLeftovers(parent);
            RunDirectory.delete(Path.of(System.getenv(RUN_DIRECTORY)));
        }
    }
}
