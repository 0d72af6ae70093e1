package org.eden4j.simulator.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is there whole or not at all: written under a name of its own in the target's directory, renamed by
 * {@link #commit}. Closing it before that deletes what was written and leaves the target as it was.
 */
final class NewFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path target;
    private final boolean replace;
    private final Path part;

    /**
     * Reserves the name.
     *
     * @param replace whether the target may exist
     */
    NewFile(Path target, boolean replace) throws IOException {
        this.target = target;
        this.replace = replace;
        part = target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        requireAbsent();
    }

    private void requireAbsent() throws IOException {
        if (!replace && Files.exists(target)) {
            throw new IOException("target " + target + " exists; --force replaces it");
        }
    }

    Path target() {
        return target;
    }

    /** Where the bytes are until {@link #commit}. */
    Path part() {
        return part;
    }

    /** Begins the file. */
    OutputStream open() throws IOException {
        part.toFile().deleteOnExit();
        return new BufferedOutputStream(
                Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), BUFFER_BYTES);
    }

    /** Gives the file, which was closed, its name. */
    void commit() throws IOException {
        requireAbsent();
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(part);
    }
}
