package org.eden4j.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The walls within transport: packages that a reader can take one at a time, and classes that can be read alone. */
class TransportWallsTest {
    private static final String ROOT = "org.eden4j.transport";
    /** Made by the SBE tool. */
    private static final String GENERATED = ROOT + ".sbe..";
    private static final String BUILDER = "Builder";
    private static final int MOST_FILES = 25;
    private static final int MOST_LINES = 320;

    private static JavaClasses transport;

    @BeforeAll
    static void importTransport() {
        transport = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT)
            .that(DescribedPredicate.not(resideInAPackage(GENERATED)));
        assertFalse(transport.isEmpty(), "no class of transport found");
    }

    @Test
    void shouldKeepPackagesFreeOfCycles() {
        slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(transport);
    }

    @Test
    void shouldKeepClassesFreeOfCyclesButForATypeAndItsBuilder() {
        slices().assignedFrom(new ByClass()).should().beFreeOfCycles().check(transport);
    }

    @Test
    void shouldLetNoInnerPackageKnowTheRolesAtTheRoot() {
        noClasses().that()
            .resideInAPackage(ROOT + ".*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT)
            .check(transport);
    }

    @Test
    void shouldKeepPackagesSmall() throws IOException {
        Map<Path, Long> files = sources("transport").stream()
            .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
        files.forEach((room, count) -> assertTrue(count <= MOST_FILES, room + " has " + count + " files"));
    }

    @Test
    void shouldKeepFilesShort() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (String module : List.of("transport", "simulator")) {
            for (Path source : sources(module)) {
                int lines = Files.readAllLines(source).size();
                if (lines > MOST_LINES) {
                    tooLong.put(source.getFileName().toString(), lines);
                }
            }
        }
        assertEquals(Map.of(), tooLong, "files of more than " + MOST_LINES + " lines");
    }

    private static List<Path> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")
                    && !file.endsWith("package-info.java"))
                .toList();
        }
    }

    /** Each package is a slice. */
    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages of transport";
        }
    }

    /** Each top-level class with what is nested in it is a slice; a builder belongs to the public type that it builds. */
    private static final class ByClass implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getName().replaceFirst("\\$.*", "");
            String built = name.endsWith(BUILDER) ? name.substring(0, name.length() - BUILDER.length()) : name;
            return SliceIdentifier.of(transport.contain(built) ? built : name);
        }

        @Override
        public String getDescription() {
            return "classes of transport";
        }
    }
}
