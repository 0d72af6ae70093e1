package org.eden4j.simulator.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The file to read and the file to write. */
final class FileOptions {
    @Parameters(index = "0", paramLabel = "FILE", description = "The file to read.")
    private Path file;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TARGET", description = "The file to write.")
    private Path target;

    @Option(names = "--force", description = "Replace the target if it exists.")
    private boolean force;

    /** Returns the file to read; rejects anything but a regular file. */
    Path file() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is not a regular file" : " does not exist"));
        }
        return file;
    }

    /** Returns the file to write, which has not been started yet. */
    NewFile target(String usualName) throws IOException {
        Path path = target != null ? target : file.resolveSibling(usualName);
        if (Files.isDirectory(path)) {
            throw new IOException(path + " is a directory; name the file to write");
        }
        if (Files.exists(path) && Files.isSameFile(path, file)) {
            throw new IOException("target " + path + " is also the file to read; choose another one");
        }
        return new NewFile(path, force);
    }
}
