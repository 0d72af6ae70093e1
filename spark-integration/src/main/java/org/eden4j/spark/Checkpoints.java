package org.eden4j.spark;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.eden4j.dl4j.Checkpoint;
import org.eden4j.dl4j.NetworkState;
import org.eden4j.dl4j.TrainedNetwork;

/**
 * The checkpoints of a training in a directory of a file system that Hadoop knows. A checkpoint is a directory itself:
 *
 * <pre>
 * checkpoint-7/network.zip           the network with its updater, as DL4J's ModelSerializer writes it
 * checkpoint-7/progress.properties   {@link Progress}
 * </pre>
 *
 * <p>It is written under another name and renamed in the end, so that one of this name is complete. The last two are kept. Not
 * thread-safe; one driver at a time may write to a directory.
 */
final class Checkpoints {
    private static final String PREFIX = "checkpoint-";
    private static final String UNFINISHED = "unfinished";
    private static final String NETWORK = "network.zip";
    private static final String PROGRESS = "progress.properties";
    private static final int KEPT = 2;

    private final FileSystem files;
    private final Path directory;

    /**
     * A checkpoint.
     *
     * @param plan the network
     */
    record Saved(NetworkPlan plan, Progress progress) {}

    private Checkpoints(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /**
     * Opens a directory, which need not exist.
     *
     * @throws UncheckedIOException if its file system is not known or cannot be reached
     */
    static Checkpoints in(String directory, Configuration hadoop) {
        Path path = new Path(directory);
        try {
            FileSystem files = path.getFileSystem(hadoop);
            return new Checkpoints(files, files.makeQualified(path));
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint directory " + directory + " cannot be opened: "
                    + e.getMessage(), e);
        }
    }

    /**
     * Reads the last checkpoint.
     *
     * @param plan the network that is to be trained
     * @param exchange of the training
     * @return empty if there is none
     * @throws IllegalArgumentException if it is of another network or exchange, or cannot be read
     */
    Optional<Saved> last(NetworkPlan plan, Exchange exchange) {
        try {
            List<Integer> numbers = numbers();
            if (numbers.isEmpty()) {
                return Optional.empty();
            }
            Path checkpoint = checkpoint(numbers.getLast());
            try {
                return Optional.of(read(checkpoint, plan, exchange));
            } catch (IOException | RuntimeException e) {
                throw new IllegalArgumentException("training cannot go on from " + checkpoint + ": " + e.getMessage()
                        + ": name another checkpoint directory, or delete this checkpoint to go on from the one before",
                        e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint directory " + directory + " cannot be read: "
                    + e.getMessage(), e);
        }
    }

    private Saved read(Path checkpoint, NetworkPlan plan, Exchange exchange) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = files.open(new Path(checkpoint, PROGRESS))) {
            properties.load(in);
        }
        Progress progress = Progress.of(properties);
        if (progress.exchange() != exchange) {
            throw new IllegalArgumentException("it is of a training with exchange " + progress.exchange()
                    + ", this one has " + exchange);
        }
        File copy = File.createTempFile("eden4j-checkpoint", ".zip");
        try {
            files.copyToLocalFile(new Path(checkpoint, NETWORK), new Path(copy.toURI()));
            Model network = plan.create();
            Checkpoint.restore(copy, new TrainedNetwork(network));
            return new Saved(plan.with(NetworkState.of(network)), progress);
        } finally {
            Files.deleteIfExists(copy.toPath());
        }
    }

    /**
     * Writes a checkpoint, and deletes all but the one before.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    void write(NetworkPlan plan, Progress progress) {
        Path unfinished = new Path(directory, UNFINISHED);
        try {
            List<Integer> numbers = numbers();
            files.delete(unfinished, true);
            files.mkdirs(unfinished);
            try (OutputStream out = files.create(new Path(unfinished, NETWORK))) {
                ModelSerializer.writeModel(plan.create(), out, true);
            }
            try (OutputStream out = files.create(new Path(unfinished, PROGRESS))) {
                progress.toProperties().store(out, null);
            }
            Path checkpoint = checkpoint(numbers.isEmpty() ? 1 : numbers.getLast() + 1);
            if (!files.rename(unfinished, checkpoint)) {
                throw new IOException(unfinished + " cannot be renamed to " + checkpoint);
            }
            for (int number : numbers.subList(0, Math.max(0, numbers.size() + 1 - KEPT))) {
                files.delete(checkpoint(number), true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no checkpoint can be written to " + directory + ": " + e.getMessage(), e);
        }
    }

    private Path checkpoint(int number) {
        return new Path(directory, PREFIX + number);
    }

    /** The numbers of the checkpoints, in ascending order. */
    private List<Integer> numbers() throws IOException {
        if (!files.exists(directory)) {
            return List.of();
        }
        return Arrays.stream(files.listStatus(directory))
            .map(FileStatus::getPath)
            .map(Path::getName)
            .filter(name -> name.matches(PREFIX + "[0-9]{1,9}"))
            .map(name -> Integer.valueOf(name.substring(PREFIX.length())))
            .sorted()
            .toList();
    }
}
