package org.eden4j.simulator.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the launcher in a directory with a main class that prints its class path. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../eden");

    @TempDir
    private Path root;

    @BeforeEach
    void buildThePlace() throws IOException {
        Path source = Files.createDirectories(root.resolve("source/org/eden4j/simulator")).resolve("Eden4j.java");
        Files.writeString(source, """
                package org.eden4j.simulator;
                public class Eden4j {
                    public static void main(String[] arguments) {
                        System.out.print(System.getProperty("java.class.path") + " " + String.join(" ", arguments));
                    }
                }
                """);
        Path classes = Files.createDirectory(root.resolve("classes"));
        JavaSources.compile(List.of(source), List.of(), classes);
        Files.createDirectories(root.resolve("simulator/target/lib"));
        JavaSources.pack(root.resolve("simulator/target/eden4j.jar"), classes);
        Files.copy(LAUNCHER, root.resolve("eden"));
    }

    private String run(int exitCode, String classPath) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", root.resolve("eden").toString(), "mean", "--rounds", "2");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("EDEN4J_CLASSPATH", classPath);
        builder.environment().put("LC_ALL", "C");
        Path out = root.resolve("out.txt");
        Path err = root.resolve("err.txt");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertEquals(exitCode, process.waitFor(), Files.readString(err));
        } finally {
            process.destroy();
        }
        return exitCode == 0 ? Files.readString(out) : Files.readString(err);
    }

    @Test
    void shouldPutFurtherJarsBehindItsOwn() throws Exception {
        Path jar = root.toRealPath().resolve("simulator/target/eden4j.jar");
        Path one = Files.createDirectory(root.resolve("one of them"));
        Path two = Files.createDirectory(root.resolve("two"));
        assertEquals(jar + " mean --rounds 2", run(0, ""));
        assertEquals(jar + ":" + one + ":" + two + " mean --rounds 2", run(0, one + "::" + two + ":"));
    }

    @Test
    void shouldServeNamesThatAreNotAsciiInTheLocaleC() throws Exception {
        Path jar = root.toRealPath().resolve("simulator/target/eden4j.jar");
        Path directory = Files.createDirectory(root.resolve("m\u00e9thode"));
        assertEquals(jar + ":" + directory + " mean --rounds 2", run(0, directory.toString()));
    }

    @Test
    void shouldNameAJarThatDoesNotExist() throws Exception {
        String err = run(1, root + "/nowhere.jar");
        assertTrue(err.startsWith("eden: EDEN4J_CLASSPATH names " + root + "/nowhere.jar, which does not exist"), err);
    }
}
