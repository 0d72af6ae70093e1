package org.eden4j.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.eden4j.simulator.process.ChildJvm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs of examples/training: each checks what it claims, and throws where that does not hold. Each takes some seconds; the
 * limit is for machines that are busy with other work.
 */
@Timeout(90)
@Tag("thorough")
class ExamplesTest {
    private static final Path SOURCES = Path.of("../examples/training/src/main/java");
    /** It starts processes of its own with the class path that it has, and so is one itself. */
    private static final String SEVERAL_PROCESSES = "SeveralProcesses";
    private static final Set<String> IN_PROCESS = Set.of("OneJvm", "NonIidShares", "Resume", "StopEarly",
            "FrozenLayers",
            "OwnRules");
    private static final Set<String> SHARED = Set.of("Points", "Threads");

    @TempDir
    private static Path classes;

    @BeforeAll
    static void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            assertTrue(compiler
                .getTask(complaints, files, null,
                        List.of("-d", classes.toString(), "-proc:none", "-Xlint:all,-path,-try",
                                "-Werror", "-classpath", System.getProperty("java.class.path")),
                        null,
                        files.getJavaFileObjectsFromPaths(sources()))
                .call(), complaints::toString);
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void shouldRunAllOfThem() throws IOException {
        Set<String> expected = new TreeSet<>(IN_PROCESS);
        expected.addAll(SHARED);
        expected.add(SEVERAL_PROCESSES);
        assertEquals(expected, sources().stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OneJvm", "NonIidShares", "Resume", "StopEarly", "FrozenLayers", "OwnRules"})
    void shouldShowWhatItClaims(String example) throws Exception {
        assertTrue(IN_PROCESS.contains(example));
        try (URLClassLoader loader = new URLClassLoader(new URL[]{classes.toUri().toURL()})) {
            Method main = loader.loadClass(example).getMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException e) {
            throw new AssertionError(example + ": " + e.getCause(), e.getCause());
        }
    }

    @Test
    void shouldTrainInSeveralProcesses() throws Exception {
        List<String> command = new ArrayList<>(ChildJvm.base());
        int classPath = command.size() - 1;
        command.set(classPath, classes + ":" + command.get(classPath));
        command.add(SEVERAL_PROCESSES);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(1, TimeUnit.SECONDS), said);
            assertEquals(0, process.exitValue(), said);
            assertTrue(said.contains("worker 1: accuracy"), said);
        } finally {
            process.destroyForcibly();
        }
    }
}
