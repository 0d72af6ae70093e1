package org.eden4j.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls around this module. */
class SparkWallsTest {
    private static final String HERE = "org.eden4j.spark..";

    private static final JavaClasses HOUSE = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("org.eden4j");

    @Test
    void shouldKeepSparkInThisModule() {
        assertTrue(HOUSE.stream().anyMatch(type -> type.getPackageName().equals("org.eden4j.spark")));
        noClasses().that()
            .resideOutsideOfPackage(HERE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "scala..", HERE)
            .check(HOUSE);
    }

    @Test
    void shouldKnowNeitherAeronNorTheCommandLineNorTheConsole() {
        noClasses().that()
            .resideInAPackage(HERE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.aeron..", "org.agrona..", "org.eden4j.simulator..")
            .check(HOUSE);
        noClasses().that().resideInAPackage(HERE).should(ACCESS_STANDARD_STREAMS).check(HOUSE);
    }
}
