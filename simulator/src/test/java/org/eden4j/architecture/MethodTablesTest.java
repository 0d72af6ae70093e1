package org.eden4j.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.Methods;
import org.junit.jupiter.api.Test;

/** Compares the tables of methods in docs/methods.md and docs/protocol.md with the registry. */
class MethodTablesTest {
    private static final Path ROOT = Path.of("..");
    /** {@code | `eden:bits=4` | 4.01 | yes | .0096 |} and what follows. */
    private static final Pattern METHODS_ROW = Pattern
        .compile("^\\| `([a-z][^`]*)` \\| ([0-9.]+) \\| (yes|no) \\|", Pattern.MULTILINE);
    private static final Pattern PROTOCOL_ROW = Pattern.compile("^\\| (\\d+) \\| `([a-z][^`]*)` \\|$",
            Pattern.MULTILINE);
    private static final int DIMENSION = 65_536;
    /** Dimension for turboquant-prod, as stated by the table. */
    private static final int SMALL_DIMENSION = 1024;
    /** The table is rounded to two digits and omits trailing ones. */
    private static final double ROUNDING = .0101;

    private record Row(Method method, double bits, boolean unbiased) {}

    private static List<Row> rows() throws IOException {
        return METHODS_ROW.matcher(Files.readString(ROOT.resolve("docs/methods.md")))
            .results()
            .map(row -> new Row(Method.parse(row.group(1)), Double.parseDouble(row.group(2)),
                    row.group(3).equals("yes")))
            .toList();
    }

    @Test
    void shouldListEveryMethod() throws IOException {
        TreeSet<String> listed = rows().stream()
            .map(row -> row.method().type().name())
            .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> known = Methods.types()
            .stream()
            .map(MethodType::name)
            .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, listed);
    }

    @Test
    void shouldSayOfEachWhetherItIsUnbiasedAndWhatItSends() throws IOException {
        for (Row row : rows()) {
            Method method = row.method();
            assertEquals(method.isUnbiased(), row.unbiased(), method + " unbiased");
            int dimension = method.largestBlock() < DIMENSION ? SMALL_DIMENSION : DIMENSION;
            BlockLayout layout = BlockLayout.of(method, dimension,
                    Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock()));
            double bytes = 0;
            for (int block = 0; block < layout.blockCount(); block++) {
                bytes += method.expectedPayloadBytes(layout.length(block));
            }
            assertEquals(Byte.SIZE * bytes / dimension, row.bits(), ROUNDING, method + " bits");
        }
    }

    @Test
    void shouldListEveryWireIdInTheProtocol() throws IOException {
        Map<Integer, String> listed = new TreeMap<>();
        PROTOCOL_ROW.matcher(Files.readString(ROOT.resolve("docs/protocol.md")))
            .results()
            .forEach(row -> listed.put(Integer.parseInt(row.group(1)), row.group(2)));
        Map<Integer, String> known = new TreeMap<>();
        Methods.types().forEach(type -> known.put(type.wireId(), type.name()));
        assertEquals(known, listed);
    }
}
