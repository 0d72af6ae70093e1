package org.eden4j.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/** A cluster of {@code spark-home/cluster}: a master and workers of two slots each, in processes and on addresses of their own. */
final class StandaloneCluster {
    private static final String SCRIPT = Path.of("..", "spark-home", "cluster").toString();

    private final Path directory;
    private final String master;

    private StandaloneCluster(Path directory, String master) {
        this.directory = directory;
        this.master = master;
    }

    /**
     * Starts one.
     *
     * @param directory for its logs, and the directories of its executors
     */
    static StandaloneCluster start(Path directory, int workers) throws IOException, InterruptedException {
        Files.createDirectories(local(directory));
        return new StandaloneCluster(directory, run("start", directory, Integer.toString(workers)).strip());
    }

    /** Returns the directory in which executors keep blocks and shuffles. */
    private static Path local(Path directory) {
        return directory.resolve("local");
    }

    /**
     * Files and directories of this depth or more where executors keep blocks and shuffles.
     *
     * @param depth 1 for what workers put there
     */
    List<Path> files(int depth) throws IOException {
        Path local = local(directory);
        try (Stream<Path> files = Files.walk(local)) {
            return files.filter(file -> file.getNameCount() - local.getNameCount() >= depth).toList();
        }
    }

    SparkConf configuration() {
        return Clusters.executors(Clusters.configuration(master));
    }

    private static String run(String command, Path directory, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(SCRIPT, command, directory.toString()));
        line.addAll(List.of(arguments));
        Path errors = directory.resolve(command + "-errors.txt");
        Path out = directory.resolve(command + ".txt");
        ProcessBuilder script = new ProcessBuilder(line).redirectError(errors.toFile()).redirectOutput(out.toFile());
        script.environment()
            .putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "SPARK_DIST_CLASSPATH", Clusters.classPath(),
                    "SPARK_LOCAL_DIRS", local(directory).toString()));
        Process process = script.start();
        if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroy();
            throw new AssertionError(line + " fails: " + Files.readString(errors));
        }
        return Files.readString(out);
    }

    /** Ends all processes. */
    void stop() throws IOException, InterruptedException {
        run("stop", directory);
    }
}
