package org.eden4j.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.eden4j.transport.media.MediaDriverHost;

/** Directories of media drivers. */
final class SharedMemory {
    private SharedMemory() {}

    static List<Path> ofThisProcess() {
        return of(ProcessHandle.current().pid());
    }

    static List<Path> of(long pid) {
        try (Stream<Path> files = Files.list(MediaDriverHost.parent())) {
            return files.filter(file -> file.getFileName().toString().startsWith("eden4j-" + pid + "-")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
