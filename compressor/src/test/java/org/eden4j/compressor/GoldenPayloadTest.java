package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The committed payloads are reproduced bit for bit: in interpreted code, in compiled code, at each vector width and
 * without vectors. The build runs this class in a separate JVM for each.
 */
class GoldenPayloadTest {
    private static final List<GoldenPayloads.Row> TABLE = ReferenceTable.read(GoldenPayloads.RESOURCE)
        .stream()
        .map(GoldenPayloads.Row::of)
        .toList();
    /** Multiplied by 115 blocks for each method. */
    private static final int HOT_PASSES = 3;

    @Test
    void shouldMakeTheCommittedPayloadsColdAndHot() {
        for (int pass = 0; pass < HOT_PASSES; pass++) {
            for (GoldenPayloads.Row row : TABLE) {
                assertEquals(row, GoldenPayloads.Row.compute(row.method(), row.dimension(), row.jobSeed()),
                        "pass " + pass + " at " + Simd.widthBits() + " bits");
            }
        }
    }

    @Test
    void shouldCoverEveryMethodAndDimension() {
        Set<String> rows = new HashSet<>();
        TABLE.forEach(row -> rows.add(row.method() + " " + row.dimension()));
        GoldenPayloads.cases()
            .forEach((method, dimensions) -> dimensions.forEach(
                    dimension -> assertEquals(true, rows.remove(method + " " + dimension), method + " " + dimension)));
        assertEquals(Set.of(), rows, "rows that nothing makes");
        Set<MethodType> types = new HashSet<>();
        TABLE.forEach(row -> types.add(Method.parse(row.method()).type()));
        assertEquals(Set.copyOf(Methods.types()), types);
    }
}
