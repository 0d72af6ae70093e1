package org.eden4j.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.process.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs commands in separate processes whose standard output breaks. */
@Tag("thorough")
class BrokenOutputTest {
    private static final int LIMIT_SECONDS = 60;

    @TempDir
    private Path directory;

    private ProcessBuilder eden(String line) {
        List<String> command = new ArrayList<>(ChildJvm.base());
        command.add("org.eden4j.simulator.Eden4j");
        command.addAll(List.of(line.split(" ")));
        return new ProcessBuilder(command).redirectError(errors().toFile());
    }

    private Path errors() {
        return directory.resolve("err.txt");
    }

    private int exitCode(Process process) throws InterruptedException {
        try {
            assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "it goes on");
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sweep --method drive --dimension 64 --trials 2", "--help", "sweep --help"})
    void shouldFailWithOneLineWhereTheDiskIsFull(String line) throws Exception {
        assertEquals(1, exitCode(eden(line).redirectOutput(new File("/dev/full")).start()));
        String errors = Files.readString(errors());
        assertEquals(1, errors.lines().filter(error -> error.startsWith("eden")).count(), errors);
        assertTrue(errors.contains("standard output cannot be written: No space left on device"), errors);
    }

    @Test
    void shouldStopQuietlyWhereTheReaderHasGone() throws Exception {
        Process process = eden("mean --workers 2 --dimension 1000 --rounds 1000000 --quiet").start();
        try (BufferedReader out = process.inputReader()) {
            out.readLine();
            out.readLine();
        }
        assertEquals(0, exitCode(process));
        assertEquals("", withoutWarnings(Files.readString(errors())));
    }

    /** Removes the JVM's own warnings. */
    private static String withoutWarnings(String errors) {
        return errors.lines().filter(line -> !line.startsWith("WARNING: ")).reduce("", String::concat);
    }
}
