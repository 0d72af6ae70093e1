package org.eden4j.simulator.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the media driver of a process that was killed leaves in shared memory. The transport removes it when the next job starts;
 * here it goes at once, by the process number in the directory's name.
 */
public final class DriverLeftovers {
    private static final Logger LOG = LoggerFactory.getLogger(DriverLeftovers.class);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private DriverLeftovers() {}

    /** Removes the directories of a process that runs no more; does nothing while it runs. */
    static void remove(long pid) {
        if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent(), "eden4j-" + pid + "-*")) {
            left.forEach(RunDirectory::delete);
        } catch (NoSuchFileException e) {
            LOG.debug("no directory of media drivers: {}", e.getMessage());
        } catch (IOException e) {
            LOG.warn("what process {} left cannot be removed: {}", pid, e.toString());
        }
    }

    /** Where media drivers of this machine have their directories. */
    public static Path parent() {
        String set = System.getProperty("aeron.dir");
        if (set != null) {
            return Path.of(set);
        }
        return Files.isDirectory(SHARED_MEMORY) ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }
}
