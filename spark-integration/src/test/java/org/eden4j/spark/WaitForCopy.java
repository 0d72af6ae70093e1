package org.eden4j.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.awaitility.Awaitility;

/**
 * Passes elements on; the first attempt of partition 0 waits until Spark has started a copy of it, so that both train.
 *
 * @param file that the copy creates
 */
record WaitForCopy<T>(String file) implements Function2<Integer, Iterator<T>, Iterator<T>> {
    @Override
    public Iterator<T> call(Integer partition, Iterator<T> elements) throws IOException {
        Path copy = Path.of(file);
        if (partition == 0 && TaskContext.get().attemptNumber() > 0 && !Files.exists(copy)) {
            Files.createFile(copy);
        } else if (partition == 0) {
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(copy));
        }
        return elements;
    }
}
