package org.eden4j.simulator.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A third-party method in a separate jar: {@code examples/absmax}, compiled against the exported packages of the
 * compressor's module. The contract of its codec is tested with the other codecs.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("thorough")
class ForeignMethodTest {
    private static final Path EXAMPLE = Path.of("../examples/absmax/src/main");

    @TempDir
    private static Path directory;

    private static Path jar;

    @BeforeAll
    static void buildTheJar() throws Exception {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        JavaSources.compile(JavaSources.below(EXAMPLE.resolve("java"), ".java"),
                List.of("--module-path", JavaSources.elementOf(Method.class).toString(), "--add-modules",
                        "org.eden4j.compressor"),
                classes);
        jar = directory.resolve("absmax.jar");
        JavaSources.pack(jar, classes, EXAMPLE.resolve("resources"));
    }

    private static EdenProcess run(String... arguments) throws Exception {
        return EdenProcess.run(directory, List.of(jar), arguments);
    }

    @Test
    void shouldGiveAJobOfProcessesTheMeanOfOneProcess() throws Exception {
        EdenProcess run = run("mean", "--channel", "udp", "--workers", "3", "--dimension", "30000", "--rounds", "2",
                "--method", "absmax:levels=7", "--downlink", "absmax", "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> rounds = run.json().subList(1, 3);
        assertEquals(4, run.json().getFirst().get("processes").size());
        for (JsonNode round : rounds) {
            assertEquals(3, round.get("contributors").asInt(), round.toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
            assertTrue(round.get("nmse").asDouble() > 0, round.toString());
        }
        assertTrue(run.json().getLast().get("equalsReference").asBoolean(), run.out());
    }

    @Test
    void shouldTravelInAContainer() throws Exception {
        Path file = directory.resolve("gradient.f32");
        ByteBuffer values = ByteBuffer.allocate(Float.BYTES * 5000).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 5000; i++) {
            values.putFloat((float) Math.sin(i));
        }
        Files.write(file, values.array());
        EdenProcess compressed = run("compress", file.toString(), "--method", "absmax", "--format", "json");
        assertEquals(0, compressed.exitCode(), compressed.err());
        Path copy = directory.resolve("copy.f32");
        EdenProcess decompressed = run("decompress", file + ".eden", copy.toString(), "--format", "json");
        assertEquals(0, decompressed.exitCode(), decompressed.err());
        assertEquals("absmax", decompressed.json().getFirst().get("method").asText());
        ByteBuffer copied = ByteBuffer.wrap(Files.readAllBytes(copy)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 5000; i++) {
            assertEquals((float) Math.sin(i), copied.getFloat(), .5001 / 127);
        }
        EdenProcess without = EdenProcess.run(directory, List.of(), "decompress", file + ".eden", copy.toString(),
                "--force");
        assertEquals(1, without.exitCode(), without.out());
        assertTrue(without.err().contains("'absmax' is not one of eden, "), without.err());
    }

    @Test
    void shouldBeMeasuredBySweep() throws Exception {
        EdenProcess run = run("sweep", "--method", "absmax", "--method", "absmax:levels=7", "--dimension", "4096",
                "--block-size", "full", "--trials", "20", "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        for (JsonNode row : run.json()) {
            assertEquals(8 + 32 / 4096., row.get("wireBits").asDouble(), 1e-9, row.toString());
        }
        // nearest rounding to 18 times as coarse a grid has 329 times the error, less where coordinates become zero
        double fine = run.json().get(0).get("vnmse").asDouble();
        double coarse = run.json().get(1).get("vnmse").asDouble();
        assertTrue(fine > 0 && coarse > 50 * fine && coarse < 330 * fine, run.out());
    }

    @Test
    void shouldBeAskedForByNameWhereTheJarIsMissing() throws Exception {
        EdenProcess run = EdenProcess.run(directory, List.of(), "mean", "--method", "absmax");
        assertEquals(2, run.exitCode(), run.out());
        assertTrue(run.err().contains("'absmax' is not one of eden, ") && run.err().contains("EDEN4J_CLASSPATH"),
                run.err());
    }

    @Test
    void shouldSayInOneLineWhatIsWrongWithATypeThatCannotBeRegistered() throws Exception {
        Path broken = Files.createDirectories(directory.resolve("broken/META-INF/services"));
        Files.writeString(broken.resolve("org.eden4j.compressor.MethodType"), "org.example.Nowhere\n");
        EdenProcess run = EdenProcess.run(directory, List.of(directory.resolve("broken")), "sweep");
        assertEquals(1, run.exitCode(), run.err());
        assertEquals(1, run.err().lines().filter(line -> !line.startsWith("WARNING")).count(), run.err());
        assertTrue(run.err().contains("org.example.Nowhere"), run.err());
    }
}
