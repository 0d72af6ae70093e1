package org.eden4j.transport;

import io.aeron.CncFileDescriptor;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.CountersReader;
import org.eden4j.transport.media.MediaDriverHost;

/** The counters of all media drivers of this process, as AeronStat shows them, and the memory of the drivers. */
final class DriverFiles {
    private DriverFiles() {}

    /** One counter. */
    record Shown(Path driver, int type, String label, long value) {}

    private static List<Path> directories() {
        String own = "eden4j-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> all = Files.list(MediaDriverHost.parent())) {
            return all.filter(path -> path.getFileName().toString().startsWith(own)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Shown> counters() {
        List<Shown> shown = new ArrayList<>();
        for (Path directory : directories()) {
            try (Mapped mapped = new Mapped(directory)) {
                mapped.reader.forEach((id, type, _, label) -> shown
                    .add(new Shown(directory, type, label, mapped.reader.getCounterValue(id))));
            }
        }
        return shown;
    }

    /** One driver's counters while they are mapped. */
    static final class Mapped implements AutoCloseable {
        final CountersReader reader;
        private final MappedByteBuffer file;

        Mapped(Path directory) {
            file = IoUtil.mapExistingFile(directory.resolve(CncFileDescriptor.CNC_FILE).toFile(), "counters");
            DirectBuffer meta = CncFileDescriptor.createMetaDataBuffer(file);
            reader = new CountersReader(CncFileDescriptor.createCountersMetaDataBuffer(file, meta),
                    CncFileDescriptor.createCountersValuesBuffer(file, meta));
        }

        /** Returns the value of the first counter of a type, -1 if there is none. */
        long value(int type) {
            long[] value = {-1};
            reader.forEach((id, counterType, _, _) -> {
                if (counterType == type) {
                    value[0] = reader.getCounterValue(id);
                }
            });
            return value[0];
        }

        @Override
        public void close() {
            IoUtil.unmap(file);
        }
    }

    /** Returns the sum of the counters of a type over all drivers. */
    static long total(int type) {
        return counters().stream().filter(one -> one.type() == type).mapToLong(Shown::value).sum();
    }

    /** Returns the total length of all log buffers in bytes; buffers deleted in the meantime may or may not count. */
    static long logBufferBytes() {
        long bytes = 0;
        for (Path directory : directories()) {
            for (String kind : List.of("images", "publications")) {
                File[] logs = directory.resolve(kind).toFile().listFiles();
                for (File log : logs == null ? new File[0] : logs) {
                    bytes += log.length();
                }
            }
        }
        return bytes;
    }

    /** Returns the channels and streams of this process's publications, which are the ends of their labels. */
    static List<String> publications() {
        return counters().stream()
            .filter(one -> one.type() == io.aeron.AeronCounters.DRIVER_PUBLISHER_LIMIT_TYPE_ID)
            .map(Shown::label)
            .toList();
    }
}
