package org.eden4j.simulator.foreign;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources with the JDK's own compiler and packs the classes into a jar. */
final class JavaSources {
    private JavaSources() {}

    /** Returns all files below a directory whose names end with {@code ending}, in order. */
    static List<Path> below(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(ending))
                .sorted()
                .toList();
        }
    }

    /**
     * Compiles files.
     *
     * @param options of javac
     * @param classes directory of the classes
     */
    static void compile(List<Path> sources, List<String> options, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-proc:none", "-d", classes.toString()));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler
                .getTask(complaints, files, null, all, null, files.getJavaFileObjectsFromPaths(sources))
                .call();
            if (!compiled) {
                throw new AssertionError("not compiled: " + complaints);
            }
        }
    }

    /** Packs all files below some directories. */
    static void pack(Path jar, Path... directories) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path directory : directories) {
                for (Path file : below(directory, "")) {
                    entries.putNextEntry(new JarEntry(directory.relativize(file).toString()));
                    Files.copy(file, entries);
                    entries.closeEntry();
                }
            }
        }
    }

    /** Returns the element of this JVM's class path from which a class is loaded. */
    static Path elementOf(Class<?> type) {
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(element);
            if (isSource(type, path)) {
                return path;
            }
        }
        throw new AssertionError("nothing on the class path has " + type);
    }

    private static boolean isSource(Class<?> type, Path element) {
        try {
            return Files.exists(element) && Files.isSameFile(element,
                    Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
