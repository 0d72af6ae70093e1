package org.eden4j.compressor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The committed payloads: the output of each method for each dimension, as hashes, with short payloads in full.
 *
 * <p>A row is one gradient, {@link #gradient}, divided by {@link BlockLayout} into blocks of the default size or the
 * method's largest, with the seeds of round {@value #ROUND}, worker {@value #WORKER}. Hashes are the first 8 bytes of
 * SHA-256, over all payloads in block order and over the decoded gradient as little-endian float32.
 *
 * <p>Payloads change only if the wire format is meant to change. Then regenerate them from the compressor's directory
 * after {@code mvn test-compile}, and state the reason in the commit:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -Deden4j.simd=off -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.GoldenPayloads src/test/resources/golden/payloads.csv
 * </pre>
 */
public final class GoldenPayloads {
    public static final String RESOURCE = "/golden/payloads.csv";
    public static final int ROUND = 3;
    public static final int WORKER = 2;
    public static final List<Integer> DIMENSIONS = List.of(1, 2, 127, 128, 129, 1000, 4223, 431_080);
    /** Dimensions for methods that take quadratic time, and for those not sent by default. */
    private static final List<Integer> SMALL_DIMENSIONS = List.of(1, 128, 129, 1000);
    private static final List<Integer> MODERATE_DIMENSIONS = List.of(1, 2, 127, 128, 129, 1000, 4223);
    private static final List<String> ALL_DIMENSIONS = List.of("none", "float16", "eden:bits=1", "eden:bits=2",
            "eden:bits=3",
            "eden:bits=4", "eden:bits=5", "eden:bits=6", "eden:bits=7", "eden:bits=8", "eden:bits=1,rounds=1",
            "eden:bits=2,rounds=2", "eden:bits=3,rounds=3", "eden:bits=4,scale=biased", "eden:bits=2,scale=matched",
            "eden:bits=6,scale=unit", "drive", "drive:scale=biased", "turboquant-mse:bits=4", "matched-norm:bits=4");
    private static final List<String> MODERATE = List.of("bfloat16", "eden:bits=0.1", "eden:bits=0.5", "eden:bits=1.5",
            "eden:bits=3.5,scale=biased", "eden:bits=1,rounds=auto", "sq:bits=3", "sq:bits=4,rotate=true",
            "qsgd:bits=4",
            "qsgd:bits=2,norm=linf,rotate=true", "terngrad", "terngrad:clip=2.5", "threshold", "signsgd",
            "topk:fraction=0.1", "randk:fraction=0.1", "kashin:bits=2", "quicfl:bits=1", "quicfl:bits=4",
            "eden:bits=0.15,coding=entropy", "eden:bits=0.4,coding=entropy", "eden:bits=1,coding=entropy",
            "eden:bits=2,coding=entropy", "eden:bits=3,scale=unit,coding=entropy", "eden:bits=5.5,coding=entropy",
            "eden:bits=2,coding=entropy,states=32", "eden:bits=5,coding=entropy,states=32",
            "eden:bits=1,coding=trellis",
            "eden:bits=2,coding=trellis", "eden:bits=3,scale=biased,coding=trellis", "eden:bits=4,coding=trellis",
            "eden:bits=1,coding=trellis,states=64", "eden:bits=3,coding=trellis,states=64");
    private static final List<String> SMALL = List.of("eden:bits=2,rotation=haar", "turboquant-prod:bits=3",
            "turboquant-prod:bits=1,qjl=orthogonal");
    private static final String HEADER = "method,dimension,job_seed,bytes,payload_hash,decoded_hash,payload";
    private static final int SHOWN_BYTES = 72;
    private static final ValueLayout.OfFloat WIRE_FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    private GoldenPayloads() {}

    /** Writes the table to the file named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        cases().forEach((method, dimensions) -> dimensions
            .forEach(dimension -> lines.add(Row.compute(method, dimension, jobSeed(dimension)).line())));
        Files.write(Path.of(arguments[0]), lines);
    }

    /** Returns methods and their dimensions, in the order of the table. */
    public static Map<String, List<Integer>> cases() {
        Map<String, List<Integer>> cases = new LinkedHashMap<>();
        ALL_DIMENSIONS.forEach(method -> cases.put(method, DIMENSIONS));
        MODERATE.forEach(method -> cases.put(method, MODERATE_DIMENSIONS));
        SMALL.forEach(method -> cases.put(method, SMALL_DIMENSIONS));
        return cases;
    }

    private static long jobSeed(int dimension) {
        return 1_000_000_007L * dimension;
    }

    /**
     * Returns integers of 16 bits times powers of two, computed without floating-point functions, so that every machine
     * has the same: magnitudes from 2^-14 to 2^7, one in eight coordinates zero.
     */
    public static float[] gradient(long seed, int dimension) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            int bits = random.nextInt();
            int exponent = -14 + (bits & 7);
            boolean zero = (bits >>> 3 & 7) == 7 && i > 0;
            x[i] = zero ? 0 : Math.scalb((float) (bits >> 16 | 1), exponent);
        }
        return x;
    }

    /** One row of the table. */
    public record Row(String method, int dimension, long jobSeed, int bytes, String payloadHash, String decodedHash,
            String payload) {
        static Row of(ReferenceTable.Row row) {
            return new Row(row.text("method"), row.integer("dimension"), Long.parseLong(row.text("job_seed")),
                    row.integer("bytes"), row.text("payload_hash"), row.text("decoded_hash"), row.text("payload"));
        }

        /** Encodes and decodes. */
        static Row compute(String text, int dimension, long jobSeed) {
            Method method = Method.parse(text);
            BlockLayout layout = BlockLayout.of(method, dimension,
                    Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock()));
            BlockCodec codec = BlockCodec.of(method);
            MemorySegment gradient = TestVectors.offHeap(gradient(jobSeed, dimension));
            MemorySegment sum = Arena.ofAuto().allocate(4L * layout.sumLength(), 64);
            MemorySegment payload = Arena.ofAuto().allocate(codec.payloadBytes(layout.length(0)), 64);
            MessageDigest payloads = sha256();
            StringBuilder shown = new StringBuilder();
            int total = 0;
            for (int block = 0; block < layout.blockCount(); block++) {
                BlockSeed seed = BlockSeed.of(jobSeed, ROUND, WORKER, block);
                int first = layout.offset(block);
                int length = layout.length(block);
                int bytes = codec.encode(gradient, first, length, seed, payload, 0);
                codec.accumulate(payload, 0, bytes, length, seed, 1, sum, first);
                codec.finish(length, seed, sum, first);
                byte[] written = TestVectors.bytes(payload.asSlice(0, bytes));
                payloads.update(written);
                total += bytes;
                if (total <= SHOWN_BYTES) {
                    shown.append(HexFormat.of().formatHex(written));
                }
            }
            MemorySegment decoded = MemorySegment.ofArray(new byte[4 * dimension]);
            MemorySegment.copy(sum, ValueLayout.JAVA_FLOAT, 0, decoded, WIRE_FLOAT, 0, dimension);
            MessageDigest sums = sha256();
            sums.update(TestVectors.bytes(decoded));
            return new Row(text, dimension, jobSeed, total, hash(payloads), hash(sums),
                    total <= SHOWN_BYTES ? shown.toString() : "");
        }

        String line() {
            return String.join(",", '"' + method + '"', Integer.toString(dimension), Long.toString(jobSeed),
                    Integer.toString(bytes), payloadHash, decodedHash, payload);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String hash(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }
}
