package org.eden4j.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eden4j.simulator.output.Json;

/** A command that starts processes; its output lines are inspected while it runs. */
public final class ProcessRun {
    private final List<JsonNode> lines = new ArrayList<>();
    private final StringWriter err = new StringWriter();
    private final Consumer<List<JsonNode>> onLine;

    /** @param onLine receives all lines so far, whenever a line is added */
    public ProcessRun(Consumer<List<JsonNode>> onLine) {
        this.onLine = onLine;
    }

    /** Runs a command in this process and returns its exit code. */
    public int call(List<String> command, String... options) {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--format", "json"));
        arguments.addAll(List.of(options));
        Writer out = new Writer() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public void write(char[] characters, int offset, int length) {
                text.append(characters, offset, length);
                for (int end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
                    lines.add(Json.parse(text.substring(0, end)));
                    text.delete(0, end + 1);
                    onLine.accept(lines);
                }
            }

            @Override
            public void flush() {
                // lines are handed on as they are written
            }

            @Override
            public void close() {
                // nothing was opened
            }
        };
        return Eden4j.run(arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    }

    /** Returns the lines of standard output as JSON objects. */
    public List<JsonNode> lines() {
        return lines;
    }

    /** Returns standard error, without logs. */
    public String err() {
        return err.toString();
    }

    /** Returns the ids of the initial processes. */
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        lines.getFirst().get("processes").forEach(process -> pids.add(process.get("pid").asLong()));
        return pids;
    }

    /** Returns the process of a worker in the list printed first; -1 is the aggregator, which comes first. */
    public static long pid(JsonNode processes, int worker) {
        return processes.get("processes").get(1 + worker).get("pid").asLong();
    }

    /** Kills this process with SIGKILL. */
    public static void kill(JsonNode processes, int worker) {
        ProcessHandle process = ProcessHandle.of(pid(processes, worker)).orElse(null);
        if (process != null) {
            assertTrue(process.destroyForcibly());
            process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** Asserts that a process has ended and left nothing behind. */
    public void assertGone(long pid) throws IOException {
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "process " + pid + " runs");
        Path shared = Path.of("/dev/shm");
        if (Files.isDirectory(shared)) {
            try (Stream<Path> left = Files.list(shared)) {
                assertEquals(List.of(),
                        left.filter(path -> path.getFileName().toString().startsWith("eden4j-" + pid + "-")).toList());
            }
        }
    }
}
