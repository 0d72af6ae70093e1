package org.eden4j.compressor.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.eden4j.compressor.GoldenPayloads;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.ReferenceTable;
import org.eden4j.compressor.UpdateLayout;

/**
 * The committed containers, complete, in hexadecimal, with the CRC32C of the decoded gradient as little-endian float32:
 * one for every method, and one that is too short for its method.
 *
 * <p>The gradient of dimension d is {@link GoldenPayloads#gradient} with seed d; blocks have 128 coordinates, and seeds
 * are those of job {@value #JOB_SEED}, round {@value #ROUND}, worker {@value #WORKER}.
 *
 * <p>A container must remain readable for ever: rows are added, not changed. If encoders are meant to produce other
 * bytes, regenerate the table from the compressor's directory, and state the reason in the commit:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -Deden4j.simd=off -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.container.GoldenContainers src/test/resources/golden/containers.csv \
 *     src/test/resources/golden/containers-of-parts.csv
 * </pre>
 */
final class GoldenContainers {
    static final String RESOURCE = "/golden/containers.csv";
    static final long JOB_SEED = -0x0123_4567_89AB_CDEFL;
    static final long ROUND = 7;
    static final int WORKER = 513;
    /** Gradients with parts; bars separate the lines of the layout. */
    static final String PARTS_RESOURCE = "/golden/containers-of-parts.csv";
    private static final int DIMENSION = 131;
    private static final String HEADER = "method,dimension,decoded_crc32c,container";
    private static final List<String> METHODS = List.of("none", "float16", "eden:bits=2.5", "eden:bits=1,rounds=auto",
            "eden:bits=4,scale=biased,rounds=2,rotation=haar", "drive", "turboquant-mse:bits=3",
            "matched-norm:bits=4", "bfloat16", "sq:bits=2,rotate=true", "qsgd:bits=4", "terngrad:clip=2.5", "signsgd",
            "topk:fraction=0.05", "randk:fraction=0.05", "kashin:bits=2", "quicfl:bits=2", "threshold",
            "turboquant-prod:bits=2", "eden:bits=2,coding=entropy", "eden:bits=2,coding=trellis");

    private static final List<String> LAYOUTS = List.of(
            "300 eden:bits=4 0_W|7 none 0_b|130 absent 1_W|200 drive 2_W",
            "5 absent frozen|260 eden:bits=2,coding=entropy weights|64 float16 statistique-\u00e9",
            "131 absent a|1 none b");

    private GoldenContainers() {}

    /** Writes the tables to the files named by the arguments. */
    public static void main(String[] arguments) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (String method : METHODS) {
            lines.add(Row.compute(method, DIMENSION).line());
        }
        lines.add(Row.compute("drive", 5).line());
        Files.write(Path.of(arguments[0]), lines);
        List<String> ofParts = new ArrayList<>(List.of(HEADER));
        for (String layout : LAYOUTS) {
            ofParts.add(Row.ofParts(layout).line());
        }
        Files.write(Path.of(arguments[1]), ofParts);
    }

    /** Returns a layout of the table. */
    static UpdateLayout layout(String text) {
        return UpdateLayout.parse(text.replace('|', '\n'));
    }

    private static CompressedGradientHeader header(UpdateLayout layout) {
        return new CompressedGradientHeader(layout, 128, JOB_SEED, ROUND, WORKER);
    }

    /** One row of the table. */
    record Row(String method, int dimension, String decoded, String container) {
        static Row of(ReferenceTable.Row row) {
            return new Row(row.text("method"), row.integer("dimension"), row.text("decoded_crc32c"),
                    row.text("container"));
        }

        static Row compute(String method, int dimension) {
            return compute(method, header(UpdateLayout.whole(dimension, Method.parse(method))));
        }

        /** @param layout its method column */
        static Row ofParts(String layout) {
            return compute(layout, header(layout(layout)));
        }

        private static Row compute(String method, CompressedGradientHeader header) {
            int dimension = header.dimension();
            float[] gradient = GoldenPayloads.gradient(dimension, dimension);
            CompressedGradient container = CompressedGradient.encode(header, gradient);
            return new Row(method, dimension, crc(container.decode()),
                    HexFormat.of().formatHex(container.toByteArray()));
        }

        byte[] bytes() {
            return HexFormat.of().parseHex(container);
        }

        String line() {
            return String.join(",", '"' + method + '"', Integer.toString(dimension), decoded, container);
        }
    }

    static String crc(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array());
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
