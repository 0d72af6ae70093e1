package org.eden4j.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.Methods;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dependencies between the packages of the compressor. */
class CompressorRoomsTest {
    private static final String ROOT = "org.eden4j.compressor";
    private static final String KERNEL = ROOT + ".kernel";
    private static final String BLOCK = ROOT + ".block";
    private static final String ROTATION = ROOT + ".rotation";
    private static final String CODING = ROOT + ".coding";
    private static final String CONTAINER = ROOT + ".container";
    private static final String[] FAMILIES = {ROOT + ".eden", ROOT + ".stochastic", ROOT + ".sparse",
            ROOT + ".elementwise", ROOT + ".schedule"};
    private static final String[] JDK = {"java..", "jdk.incubator.vector.."};
    private static final int MOST_IN_THE_ROOT = 15;
    private static final int MOST_IN_A_ROOM = 25;
    private static final Path SOURCES = Path.of("../compressor/src/main/java");

    private static JavaClasses compressor;
    private static JavaClasses others;

    @BeforeAll
    static void importTheRooms() {
        JavaClasses house = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.eden4j");
        compressor = house.that(resideInAPackage(ROOT + ".."));
        others = house.that(DescribedPredicate.not(resideInAPackage(ROOT + "..")));
    }

    private static String[] and(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    /**
     * The contract depends on the kernels only; its registry alone knows the families, which depend on the contract.
     */
    @Test
    void shouldHaveNoCycleButThatOfRegistryAndFamilies() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(compressor);
        DescribedPredicate<JavaClass> registry = JavaClass.Predicates.belongToAnyOf(Method.class, Methods.class);
        classes().that(resideInAPackage(ROOT).and(DescribedPredicate.not(registry)))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(and(JDK, ROOT, KERNEL))
            .check(compressor);
        classes().that(registry)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(and(and(JDK, ROOT, KERNEL), FAMILIES))
            .check(compressor);
    }

    @Test
    void shouldBuildEachRoomOnThoseBelowIt() {
        onlyDepend(KERNEL);
        onlyDepend(BLOCK, ROOT, KERNEL);
        onlyDepend(ROTATION, ROOT, KERNEL, BLOCK);
        onlyDepend(CODING, ROOT, KERNEL, BLOCK);
        for (String family : FAMILIES) {
            noClasses().that()
                .resideInAPackage(family)
                .should()
                .dependOnClassesThat(resideInAnyPackage(and(FAMILIES, CONTAINER))
                    .and(DescribedPredicate.not(resideInAPackage(family))))
                .check(compressor);
        }
    }

    private static void onlyDepend(String room, String... below) {
        classes().that()
            .resideInAPackage(room)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(and(and(JDK, room), below))
            .check(compressor);
    }

    @Test
    void shouldKeepKernelsBlocksAndRotationsBehindTheWall() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage(KERNEL, BLOCK, ROTATION, CODING).check(others);
    }

    @Test
    void shouldExportTheContractTheRecordsAndTheContainer() throws IOException {
        Matcher exports = Pattern.compile("exports ([\\w.]+);")
            .matcher(Files.readString(SOURCES.resolve("module-info.java")));
        Set<String> exported = exports.results().map(found -> found.group(1)).collect(Collectors.toSet());
        Set<String> expected = new TreeSet<>(Set.of(FAMILIES));
        expected.addAll(Set.of(ROOT, CONTAINER));
        assertEquals(expected, new TreeSet<>(exported));
    }

    @Test
    void shouldKeepRoomsSmall() throws IOException {
        Map<String, Integer> files = new TreeMap<>();
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            sources.filter(file -> file.toString().endsWith(".java"))
                .forEach(file -> files.merge(SOURCES.relativize(file.getParent()).toString().replace('/', '.'), 1,
                        Integer::sum));
        }
        assertTrue(files.get(ROOT) <= MOST_IN_THE_ROOT, files.toString());
        assertTrue(files.values().stream().allMatch(count -> count <= MOST_IN_A_ROOM), files.toString());
    }
}
