package org.eden4j.simulator.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which file is read and which is written. */
final class FileOptions {
    @Parameters(index = "0", paramLabel = "FILE", description = "The file to read.")
    private Path file;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TARGET", description = "The file to write.")
    private Path target;

    @Option(names = "--force", description = "Replace the target where it exists.")
    private boolean force;

    /** The file to read; refuses what is no file. */
    Path file() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is not a regular file" : " does not exist"));
        }
        return file;
    }

    /** The file to write, not begun yet. */
    NewFile target(String usualName) throws IOException {
        Path path = target != null ? target : file.resolveSibling(usualName);
        if (Files.isDirectory(path)) {
            throw new IOException(path + " is a directory; name the file to write");
        }
        if (Files.exists(path) && Files.isSameFile(path, file)) {
            throw new IOException("target " + path + " is the file that is read; choose another one");
        }
        return new NewFile(path, force);
    }
}
