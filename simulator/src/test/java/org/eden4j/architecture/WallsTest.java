package org.eden4j.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dependencies between the modules. */
class WallsTest {
    /** Directories of the modules with sources. */
    static final List<String> MODULES = List.of("compressor", "transport", "dl4j-integration", "spark-integration",
            "simulator", "spark-simulator");

    private static final String COMPRESSOR = "org.eden4j.compressor..";
    private static final String TRANSPORT = "org.eden4j.transport..";
    private static final String DL4J_INTEGRATION = "org.eden4j.dl4j..";
    private static final String SIMULATOR = "org.eden4j.simulator..";
    private static final String[] AERON = {"io.aeron..", "org.agrona..", "uk.co.real_logic.."};
    private static final String[] DL4J = {"org.deeplearning4j..", "org.nd4j..", "org.bytedeco.."};

    private static JavaClasses house;

    @BeforeAll
    static void importTheHouse() {
        house = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.eden4j");
        assertEquals(4, Stream.of(COMPRESSOR, TRANSPORT, DL4J_INTEGRATION, SIMULATOR)
            .filter(rooms -> house.stream().anyMatch(resideInAnyPackage(rooms)))
            .count(), "modules found");
    }

    @Test
    void shouldKeepTheCompressorOnTheJdkAlone() {
        check(classes().that()
            .resideInAPackage(COMPRESSOR)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(COMPRESSOR, "java..", "jdk.incubator.vector.."));
    }

    @Test
    void shouldKeepAeronInsideTransport() {
        check(noClasses().that()
            .resideOutsideOfPackage(TRANSPORT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AERON));
    }

    @Test
    void shouldKeepDeeplearning4jOutOfTheLowerModules() {
        check(noClasses().that()
            .resideInAnyPackage(COMPRESSOR, TRANSPORT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DL4J));
    }

    /** Programs without these libraries load every class that does not bear their name. */
    @Test
    void shouldKeepOptionalLibrariesInSinksOfTheirOwn() {
        String[] sinks = {"org.eden4j.dl4j.metrics.micrometer..", "org.eden4j.dl4j.metrics.storage.."};
        check(noClasses().that()
            .resideInAPackage(DL4J_INTEGRATION)
            .and()
            .resideOutsideOfPackages(sinks)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "org.deeplearning4j.core..", "org.deeplearning4j.parallelism..",
                    "org.deeplearning4j.ui.."));
        check(noClasses().that()
            .resideOutsideOfPackages(sinks)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(sinks));
    }

    /** It has a module of its own, whose tests hold the rest of this wall. */
    @Test
    void shouldKeepSparkOutOfAllModulesThatEveryBuildHas() {
        check(noClasses().should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "scala..", "org.eden4j.spark.."));
    }

    @Test
    void shouldPointEveryDependencyDownwards() {
        check(noClasses().that()
            .resideInAPackage(COMPRESSOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TRANSPORT, DL4J_INTEGRATION, SIMULATOR));
        check(noClasses().that()
            .resideInAPackage(TRANSPORT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DL4J_INTEGRATION, SIMULATOR));
        check(noClasses().that()
            .resideInAPackage(DL4J_INTEGRATION)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SIMULATOR));
    }

    @Test
    void shouldWriteToTheConsoleInTheSimulatorOnly() {
        check(noClasses().that(resideOutsideOfPackages(SIMULATOR)).should(ACCESS_STANDARD_STREAMS));
    }

    @Test
    void shouldDescribeEveryPackage() throws IOException {
        Path root = Path.of("..").toRealPath();
        for (String module : MODULES) {
            Set<Path> rooms = directoriesWithJava(root.resolve(module).resolve("src/main/java"));
            assertTrue(!rooms.isEmpty(), module + " has no sources");
            for (Path room : rooms) {
                assertTrue(Files.exists(room.resolve("package-info.java")), "no package-info.java in " + room);
            }
        }
    }

    private static Set<Path> directoriesWithJava(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.endsWith("module-info.java"))
                .map(Path::getParent)
                .collect(Collectors.toSet());
        }
    }

    private static void check(ArchRule rule) {
        rule.check(house);
    }
}
