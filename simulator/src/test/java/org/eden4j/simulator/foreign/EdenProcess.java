package org.eden4j.simulator.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.process.ChildJvm;

/**
 * The command line in a process of its own.
 *
 * @param exitCode its exit code
 * @param out what it printed on standard output
 * @param err what it printed on standard error
 */
record EdenProcess(int exitCode, String out, String err) {
    /**
     * Runs a command and waits for its end.
     *
     * @param directory for its output
     * @param more further elements of the class path
     */
    static EdenProcess run(Path directory, List<Path> more, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(ChildJvm.base());
        StringBuilder classPath = new StringBuilder(command.removeLast());
        more.forEach(element -> classPath.append(File.pathSeparator).append(element));
        command.addAll(List.of(classPath.toString(), "org.eden4j.simulator.Eden4j"));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            int exitCode = process.waitFor();
            return new EdenProcess(exitCode, Files.readString(out), Files.readString(err));
        } finally {
            process.destroy();
        }
    }

    /** Every line as a JSON object. */
    List<JsonNode> json() {
        return out.lines().map(Json::parse).toList();
    }
}
