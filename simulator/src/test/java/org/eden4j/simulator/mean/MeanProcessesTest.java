package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.eden4j.simulator.Eden4j;
import org.eden4j.simulator.output.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With members in processes of their own, of which one is killed. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class MeanProcessesTest {
    private static final int VICTIM = 1;

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void shouldRunInProcessesThatAreGoneAfterwards(String channel) throws Exception {
        Run run = new Run(_ -> {});
        assertEquals(0, run.mean("--rounds", "2", "--channel", channel), run.err.toString());
        assertEquals(4, run.lines.size());
        assertTrue(run.lines.getLast().get("equalsReference").asBoolean());
        List<Long> pids = run.pids();
        assertEquals(channel.equals("ipc") ? 5 : 4, pids.stream().distinct().count(), "ipc needs a driver");
        for (long pid : pids) {
            assertNotEquals(ProcessHandle.current().pid(), pid);
            run.assertGone(pid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void shouldGoOnWithoutAWorkerThatIsKilledAndNameIt(String channel) throws Exception {
        Run run = new Run(lines -> {
            if (lines.size() == 2) {
                kill(lines.getFirst(), VICTIM);
            }
        });
        assertEquals(0, run.mean("--rounds", "3", "--deadline", "3", "--restarts", "0", "--channel", channel),
                run.err.toString());
        assertEquals(3, run.lines.get(1).get("contributors").asInt());
        for (JsonNode round : run.lines.subList(2, 4)) {
            assertEquals(2, round.get("contributors").asInt(), round.toString());
            assertEquals("[1]", round.get("missing").toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
        }
        assertEquals(2, run.lines.getLast().get("contributors").asInt());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }

    @Test
    void shouldFailWithOneLineWhereTheQuorumIsMissed() throws Exception {
        Run run = new Run(lines -> {
            if (lines.size() == 2) {
                kill(lines.getFirst(), VICTIM);
            }
        });
        assertEquals(1, run.mean("--rounds", "3", "--deadline", "2", "--quorum", "3", "--attempts", "2",
                "--restarts", "0"), run.lines.toString());
        assertEquals(1, run.err.toString().lines().count(), run.err.toString());
        assertTrue(run.err.toString().contains("quorum"), run.err.toString());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }

    /** Worker, aggregator and media driver are killed one after the other. */
    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void shouldReplaceWhatIsKilledAndGoOn(String channel) throws Exception {
        Run run = new Run(lines -> {
            int victim = switch (lines.size()) {
                case 3 -> VICTIM;
                case 8 -> -1;
                case 16 -> channel.equals("ipc") ? 3 : -2;
                default -> -2;
            };
            if (victim > -2) {
                kill(lines.getFirst(), victim);
            }
        });
        assertEquals(0, run.mean("--rounds", "30", "--deadline", "5", "--channel", channel), run.err.toString());
        List<JsonNode> rounds = run.lines.subList(1, 31);
        for (JsonNode round : rounds) {
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
        }
        assertTrue(run.lines.getLast().get("restarted").asInt() >= (channel.equals("ipc") ? 3 : 2),
                run.lines.getLast().toString());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }

    /** -1 is the aggregator, which stands first in the list. */
    private static void kill(JsonNode processes, int worker) {
        long pid = processes.get("processes").get(1 + worker).get("pid").asLong();
        ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        if (process != null) {
            assertTrue(process.destroyForcibly());
            process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** A run whose lines are looked at as they are printed, while the command waits. */
    private static final class Run {
        final List<JsonNode> lines = new ArrayList<>();
        final StringWriter err = new StringWriter();
        private final Consumer<List<JsonNode>> onLine;

        Run(Consumer<List<JsonNode>> onLine) {
            this.onLine = onLine;
        }

        int mean(String... options) {
            List<String> arguments = new ArrayList<>(
                    List.of("mean", "--format", "json", "--workers", "3", "--dimension", "5000"));
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

        List<Long> pids() {
            List<Long> pids = new ArrayList<>();
            lines.getFirst().get("processes").forEach(process -> pids.add(process.get("pid").asLong()));
            return pids;
        }

        void assertGone(long pid) throws Exception {
            assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "process " + pid + " runs");
            Path shared = Path.of("/dev/shm");
            if (Files.isDirectory(shared)) {
                try (Stream<Path> left = Files.list(shared)) {
                    assertEquals(List.of(),
                            left.filter(path -> path.getFileName().toString().startsWith("eden4j-" + pid + "-"))
                                .toList());
                }
            }
        }
    }
}
