package org.eden4j.simulator.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileCommandsTest {
    private static final long SEED = 7;
    private static final int DIMENSION = 100_003;

    @TempDir
    private Path directory;

    private Path file;
    private float[] gradient;

    @BeforeEach
    void writeAGradient() throws IOException {
        file = directory.resolve("g.f32");
        SplittableRandom random = new SplittableRandom(SEED);
        gradient = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            gradient[i] = (float) random.nextGaussian();
        }
        Files.write(file, bytes(gradient));
    }

    private static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static JsonNode done(String command, Path file, String... options) {
        CliRun run = run(command, file, options);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(1, run.json().size());
        return run.json().getFirst();
    }

    private static CliRun run(String command, Path file, String... options) {
        List<String> arguments = new ArrayList<>(List.of(command, file.toString(), "--format", "json"));
        arguments.addAll(List.of(options));
        return CliRun.of(arguments.toArray(String[]::new));
    }

    private void assertRefused(CliRun run, String fact, String... files) throws IOException {
        assertEquals(1, run.exitCode(), run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(fact), run.err());
        assertEquals(List.of(files), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private double relativeError(Path copy) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(copy)).order(ByteOrder.LITTLE_ENDIAN);
        double error = 0;
        double norm = 0;
        for (float x : gradient) {
            double difference = x - bytes.getFloat();
            error += difference * difference;
            norm += (double) x * x;
        }
        assertEquals(0, bytes.remaining());
        return error / norm;
    }

    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=4", "drive", "sq:bits=4,rotate=true"})
    void shouldSayTheErrorOfWhatItWrote(String method) throws IOException {
        Path copy = directory.resolve("copy.f32");
        JsonNode compressed = done("compress", file, "--method", method);
        Path container = Path.of(compressed.get("target").asText());
        assertEquals(Files.size(container), compressed.get("bytes").asLong());
        assertEquals(4 * DIMENSION, compressed.get("bytesUncompressed").asLong());
        assertEquals(method, compressed.get("method").asText());
        JsonNode decompressed = done("decompress", container, copy.toString());
        assertEquals(Files.size(container), decompressed.get("bytes").asLong());
        double error = relativeError(copy);
        assertTrue(error > 0);
        assertEquals(error, compressed.get("vnmse").asDouble(), 1e-9 * error);
        Method.parse(method).vnmse().ifPresent(expected -> assertEquals(expected, error, .05 * expected));
        assertEquals(List.of("copy.f32", "g.f32", "g.f32.eden"), names());
    }

    @Test
    void shouldBringEveryBitBackWithNone() throws IOException {
        done("compress", file, directory.resolve("raw").toString(), "--method", "none");
        JsonNode copy = done("decompress", directory.resolve("raw"));
        assertEquals(directory.resolve("raw.f32").toString(), copy.get("target").asText());
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(directory.resolve("raw.f32")));
    }

    @Test
    void shouldGiveZerosNoError() throws IOException {
        Files.write(file, new byte[400]);
        assertEquals(0, done("compress", file).get("vnmse").asDouble());
        done("decompress", directory.resolve("g.f32.eden"), "--force");
        assertArrayEquals(new byte[400], Files.readAllBytes(file));
    }

    @Test
    void shouldKeepATargetThatExistsUnlessToldOtherwise() throws IOException {
        Path target = directory.resolve("g.f32.eden");
        Files.writeString(target, "mine");
        assertRefused(run("compress", file), "target " + target + " exists; --force replaces it", "g.f32",
                "g.f32.eden");
        assertEquals("mine", Files.readString(target));
        done("compress", file, "--force");
        assertEquals(Files.size(target), done("decompress", target, "--force").get("bytes").asLong());
        assertRefused(run("compress", file, file.toString(), "--force"), "is also the file to read", "g.f32",
                "g.f32.eden");
        assertRefused(run("compress", file, directory.toString(), "--force"), "is a directory", "g.f32",
                "g.f32.eden");
    }

    @Test
    void shouldRefuseWhatIsNoFloat32AndLeaveNothing() throws IOException {
        Files.write(file, new byte[1001]);
        assertRefused(run("compress", file),
                "has 1001 bytes, which is not a multiple of 4; expected little-endian float32",
                "g.f32");
        Files.write(file, new byte[0]);
        assertRefused(run("compress", file), "has 0 bytes, which is no value", "g.f32");
        Files.write(file, bytes(1, 2, 3, Float.NaN, 5));
        assertRefused(run("compress", file), "cannot be compressed: gradient[3] is NaN", "g.f32");
        assertRefused(run("compress", directory.resolve("none")), "none does not exist", "g.f32");
        assertRefused(run("compress", directory), " is not a regular file", "g.f32");
    }

    @Test
    void shouldRefuseADamagedContainerAndLeaveTheTargetAsItWas() throws IOException {
        Path container = directory.resolve("g.f32.eden");
        done("compress", file);
        byte[] good = Files.readAllBytes(container);
        byte[] flipped = good.clone();
        flipped[good.length - 100] ^= 1;
        Files.write(container, flipped);
        assertRefused(run("decompress", container, "--force"), "the checksum of block", "g.f32", "g.f32.eden");
        assertArrayEquals(bytes(gradient), Files.readAllBytes(file));
        Files.write(container, Arrays.copyOf(good, good.length - 1));
        assertRefused(run("decompress", container, directory.resolve("new").toString()), "expected 1 more for block",
                "g.f32", "g.f32.eden");
        Files.write(container, Arrays.copyOf(good, good.length + 1));
        assertRefused(run("decompress", container, directory.resolve("new").toString()),
                "continues after the last block", "g.f32", "g.f32.eden");
        assertRefused(run("decompress", file, directory.resolve("new").toString()),
                file + " cannot be decompressed: not a compressed gradient: ", "g.f32", "g.f32.eden");
        assertRefused(run("compress", container), "is a compressed gradient (see eden decompress)", "g.f32",
                "g.f32.eden");
    }
}
