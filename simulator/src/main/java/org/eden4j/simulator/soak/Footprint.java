package org.eden4j.simulator.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.eden4j.transport.media.MediaDriverHost;

/** What processes and media drivers take, as Linux tells it. */
final class Footprint {
    private static final String RESIDENT = "VmRSS:";

    private Footprint() {}

    /** Memory of a process in use, heap and native, in kB; -1 if it runs no more. */
    static long residentKb(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(-1);
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Open files of a process; -1 if it runs no more. */
    static long openFiles(long pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.count();
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Directories of media drivers of these processes, and of this one. */
    static long driverDirectories(Iterable<Long> pids) {
        long count = 0;
        try (Stream<Path> all = Files.list(MediaDriverHost.parent())) {
            for (Path path : all.toList()) {
                for (long pid : pids) {
                    count += path.getFileName().toString().startsWith("eden4j-" + pid + "-") ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }
}
