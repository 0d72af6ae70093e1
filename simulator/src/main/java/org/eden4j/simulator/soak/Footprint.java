package org.eden4j.simulator.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.eden4j.transport.media.MediaDriverHost;

/** The resources used by processes and media drivers, as reported by Linux. */
final class Footprint {
    private static final String RESIDENT = "VmRSS:";

    private Footprint() {}

    /** Returns the resident memory of a process in kB; -1 if it is not running. */
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

    /** Returns the number of open files of a process; -1 if it is not running. */
    static long openFiles(long pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return files.count();
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of media driver directories of these processes and this one. */
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
