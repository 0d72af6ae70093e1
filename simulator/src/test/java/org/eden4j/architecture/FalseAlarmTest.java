package org.eden4j.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each statistical test states in a comment the probability with which it fails by chance if its seeds are changed,
 * such as {@code By chance: 1e-6}; together they fail less than once in a thousand runs.
 */
class FalseAlarmTest {
    private static final Path ROOT = Path.of("..");
    private static final double MOST = 1e-3;
    private static final Pattern STATED = Pattern.compile("[Bb]y chance: ([0-9.]+e-[0-9]+)");
    private static final Pattern TEST = Pattern.compile("@(Parameterized)?Test\\b|@Property\\b");
    /** A comparison with a number of standard errors. */
    private static final Pattern STATISTICAL = Pattern.compile("STANDARD_ERRORS|(assert|limit|return Math\\.abs)[^;]*"
            + "\\b[2-9](\\.\\d+)? \\* (Math\\.(sqrt|hypot)\\(|[^;,]*([sS]tandardError|StdErr|spread))");

    private static List<Path> tests() throws IOException {
        List<Path> tests = new ArrayList<>();
        for (String module : WallsTest.MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("FalseAlarmTest.java"))
                    .forEach(tests::add);
            }
        }
        return tests;
    }

    @Test
    void shouldFailByChanceLessThanOnceInAThousandTimes() throws IOException {
        Map<String, Double> stated = new TreeMap<>();
        List<String> silent = new ArrayList<>();
        for (Path file : tests()) {
            String source = Files.readString(file);
            String name = file.getFileName().toString();
            // Comments are wrapped anywhere.
            STATED.matcher(source.replaceAll("\\s+(\\* |// )?", " "))
                .results()
                .forEach(found -> stated.merge(name, Double.parseDouble(found.group(1)), Double::sum));
            if (TEST.matcher(source).find() && STATISTICAL.matcher(source).find() && !stated.containsKey(name)) {
                silent.add(name);
            }
        }
        double sum = stated.values().stream().mapToDouble(Double::doubleValue).sum();
        stated.forEach((name, probability) -> System.out.println(probability + " " + name));
        System.out.println(sum + " in all, of " + stated.size() + " files");
        assertEquals(List.of(), silent, "compare with standard errors and do not say 'By chance: ..'");
        assertTrue(stated.size() >= 25, stated.toString());
        assertTrue(sum < MOST, sum + " " + stated);
    }
}
