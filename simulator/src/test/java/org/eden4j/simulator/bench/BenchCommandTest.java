package org.eden4j.simulator.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.eden4j.simulator.Eden4j;
import org.eden4j.simulator.output.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Eden4j.run(arguments, new PrintWriter(out), new PrintWriter(err));
    }

    @Tag("thorough")
    @Test
    void shouldMeasureEncodeAndDecodeBesideACopy() {
        assertEquals(0,
                run("bench", "--method", "eden:bits=2", "--dimension", "5000", "--forks", "1", "--format", "json"),
                err::toString);
        String[] lines = out.toString().strip().split("\n");
        assertEquals(2, lines.length, out::toString);
        assertEquals("encode", Json.parse(lines[0]).get("what").asText());
        assertEquals("decode", Json.parse(lines[1]).get("what").asText());
        for (String line : lines) {
            assertTrue(Json.parse(line).get("nsPerCoordinate").asDouble() > 0, line);
            assertTrue(Json.parse(line).get("copyNsPerCoordinate").asDouble() > 0, line);
        }
    }

    @Test
    void shouldRefuseNoForks() {
        assertEquals(2, run("bench", "--forks", "0"));
        assertTrue(err.toString().contains("--forks must be at least 1, got 0"), err::toString);
    }
}
