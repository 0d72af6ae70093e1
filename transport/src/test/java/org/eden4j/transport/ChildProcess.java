package org.eden4j.transport;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Another JVM with this one's class path and flags, and its output. */
final class ChildProcess implements AutoCloseable {
    private final Process process;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** Log of all processes. */
    private static final File ERRORS = new File("target/children.log");
    /** Options with which a JVM starts in less time, and stays slow for longer. */
    static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1", "-Deden4j.simd=off");

    ChildProcess(Class<?> main, Object... arguments) throws IOException {
        this(List.of(), main, arguments);
    }

    ChildProcess(List<String> jvmOptions, Class<?> main, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(jvmOptions);
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx256m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(ERRORS)).start();
        Thread reader = new Thread(this::read, "reader of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
            lines.add("(end)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the next line of output, "(end)" after the last. */
    String line() throws InterruptedException {
        String line = lines.poll(90, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError(
                    "process " + process.pid() + " printed nothing for 90 s, see " + ERRORS.getAbsolutePath());
        }
        return line;
    }

    /** Returns the next line of output if there is one, null otherwise. */
    String lineNow() {
        return lines.poll();
    }

    /** Writes a line to its standard input. */
    void tell(Object line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** Kills the process by SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends a signal such as STOP or CONT. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("process " + process.pid() + " does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
