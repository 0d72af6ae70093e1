package org.eden4j.architecture;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The code and the methods in README and docs compile and parse. {@code .ci/links} checks the links. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    /** A whole file, with the name of its class. */
    private static final Pattern FILE = Pattern.compile("\\Apackage [^;]+;.*?public class (\\w+)", Pattern.DOTALL);
    private static final Pattern METHOD = Pattern
        .compile("`((?:eden|drive|turboquant|matched|sq|qsgd|terngrad|signsgd|topk"
                + "|randk|kashin|quicfl|threshold|float16|bfloat16|none)[a-z0-9-]*:[a-z0-9.=,-]+)`");

    @Test
    void shouldBeginWithAnExampleOfAtMostFifteenLines() throws IOException {
        List<String> blocks = find(JAVA_BLOCK, ROOT.resolve("README.md"));
        assertFalse(blocks.isEmpty(), "README has no java block");
        assertTrue(blocks.getFirst().lines().count() <= 15, "the first example is longer than 15 lines");
    }

    /** The other documents show fragments. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/training.md"})
    void shouldShowJavaThatCompiles(String document, @TempDir Path classes) throws IOException {
        for (String block : find(JAVA_BLOCK, ROOT.resolve(document))) {
            assertEquals("", compile(block, classes), block);
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void shouldNameMethodsThatExist(Path document) throws IOException {
        for (String method : find(METHOD, document)) {
            assertDoesNotThrow(() -> Method.parse(method), method);
        }
    }

    static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")),
                    files.filter(file -> file.toString().endsWith(".md")).sorted())
                .toList();
        }
    }

    private static List<String> find(Pattern pattern, Path document) throws IOException {
        return pattern.matcher(Files.readString(document))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    }

    /** Returns the compiler's errors for a block: a file, or a part of one. */
    private static String compile(String block, Path classes) {
        Matcher file = FILE.matcher(block);
        return file.find() ? compile(file.group(1), block, classes) : compile("Example", wrapped(block), classes);
    }

    /** Returns a part of a file, wrapped in a class and a method that may throw. */
    private static String wrapped(String block) {
        StringBuilder imports = new StringBuilder();
        StringBuilder body = new StringBuilder();
        block.lines().forEach(line -> (line.startsWith("import ") ? imports : body).append(line).append('\n'));
        // fields, which an example's own variables of the same name may hide
        return imports + "class Example {\n"
                + "static float[] gradient;\nstatic java.lang.foreign.MemorySegment sum;\n"
                + "static long jobSeed, round;\nstatic int worker, workers;\n"
                + "static void run(org.deeplearning4j.nn.multilayer.MultiLayerNetwork net,\n"
                + "        org.nd4j.linalg.dataset.api.iterator.DataSetIterator myShare,\n"
                + "        org.nd4j.linalg.dataset.api.iterator.DataSetIterator data, int epochs) throws Exception {\n"
                + body + "}\n}\n";
    }

    private static String compile(String name, String source, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"),
                JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        boolean compiled = compiler.getTask(complaints, null, null, List.of("-d", classes.toString(), "-proc:none",
                "-classpath", System.getProperty("java.class.path")), null, List.of(file))
            .call();
        return compiled ? "" : complaints + source;
    }
}
