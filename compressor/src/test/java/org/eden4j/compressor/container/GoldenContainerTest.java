package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodSamples;
import org.eden4j.compressor.ReferenceTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed containers are read and written bit for bit. */
class GoldenContainerTest {
    static List<GoldenContainers.Row> table() {
        return ReferenceTable.read(GoldenContainers.RESOURCE).stream().map(GoldenContainers.Row::of).toList();
    }

    @ParameterizedTest
    @MethodSource("table")
    void shouldReadTheCommittedContainer(GoldenContainers.Row row) {
        CompressedGradient container = CompressedGradient.of(row.bytes());
        Method method = Method.parse(row.method()).forDimension(row.dimension());
        assertEquals(new CompressedGradientHeader(method, row.dimension(), 128, GoldenContainers.JOB_SEED,
                GoldenContainers.ROUND, GoldenContainers.WORKER), container.header());
        assertEquals(row.decoded(), GoldenContainers.crc(container.decode()));
    }

    @ParameterizedTest
    @MethodSource("table")
    void shouldWriteTheCommittedContainer(GoldenContainers.Row row) {
        assertEquals(row, GoldenContainers.Row.compute(row.method(), row.dimension()));
    }

    static List<GoldenContainers.Row> tableOfParts() {
        return ReferenceTable.read(GoldenContainers.PARTS_RESOURCE).stream().map(GoldenContainers.Row::of).toList();
    }

    @ParameterizedTest
    @MethodSource("tableOfParts")
    void shouldReadAndWriteTheCommittedContainerOfParts(GoldenContainers.Row row) {
        CompressedGradient container = CompressedGradient.of(row.bytes());
        assertEquals(new CompressedGradientHeader(GoldenContainers.layout(row.method()), 128, GoldenContainers.JOB_SEED,
                GoldenContainers.ROUND, GoldenContainers.WORKER), container.header());
        assertEquals(row.decoded(), GoldenContainers.crc(container.decode()));
        assertEquals(row, GoldenContainers.Row.ofParts(row.method()));
    }

    @Test
    void shouldHaveAContainerOfEveryMethod() {
        assertEquals(MethodSamples.types(), table().stream()
            .map(row -> Method.parse(row.method()).type())
            .collect(Collectors.toSet()));
    }
}
