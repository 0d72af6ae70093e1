package org.eden4j.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code in CONTRIBUTING is compiled and tested: it is part of the example's files. */
class ContributingTest {
    private static final Path ROOT = Path.of("..");
    private static final Path EXAMPLE = ROOT.resolve("examples/absmax/src");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([a-zA-Z][^)#:]*)\\)");

    private static String contributing() throws IOException {
        return Files.readString(ROOT.resolve("CONTRIBUTING.md"));
    }

    private static List<String> find(Pattern pattern) throws IOException {
        return pattern.matcher(contributing()).results().map(found -> found.group(1)).toList();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLE)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @Test
    void shouldShowPartsOfTheExample() throws IOException {
        StringBuilder example = new StringBuilder();
        for (Path source : sources()) {
            example.append(Files.readString(source));
        }
        List<String> blocks = find(JAVA_BLOCK);
        assertEquals(4, blocks.size());
        for (String block : blocks) {
            assertTrue(example.indexOf(block) >= 0, "not in " + EXAMPLE + ":\n" + block);
        }
    }

    @Test
    void shouldNameTheTypeThatTheServicesFileNames() throws IOException {
        String services = "META-INF/services/org.eden4j.compressor.MethodType";
        String type = Files.readString(EXAMPLE.resolve("main/resources").resolve(services)).strip();
        assertTrue(contributing().contains("`" + type + "`") && contributing().contains("`" + services + "`"));
    }

    @Test
    void shouldLinkToFilesThatExist() throws IOException {
        for (String link : find(LINK)) {
            assertTrue(Files.exists(ROOT.resolve(link)), link + " does not exist");
        }
    }
}
