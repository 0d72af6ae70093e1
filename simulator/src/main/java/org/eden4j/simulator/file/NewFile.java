package org.eden4j.simulator.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that exists completely or not at all: written under a temporary name in the target's directory, and renamed by
 * {@link #commit}. Closing it before that deletes the temporary file and leaves the target unchanged.
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

    /** Returns the file that holds the bytes until {@link #commit}. */
    Path part() {
        return part;
    }

    /** Opens the file for writing. */
    OutputStream open() throws IOException {
        part.toFile().deleteOnExit();
        return new BufferedOutputStream(
                Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), BUFFER_BYTES);
    }

    /** Renames the file, which must be closed. */
    void commit() throws IOException {
        requireAbsent();
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(part);
    }
}
