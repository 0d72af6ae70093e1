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
import java.util.List;
import java.util.SplittableRandom;

/**
 * The committed payloads: what each method makes of each dimension, as hashes, short payloads in full.
 *
 * <p>A row is one gradient, {@link #gradient}, cut by {@link BlockLayout} into blocks of the default size, with the seeds
 * of round {@value #ROUND}, worker {@value #WORKER}. Hashes are the first 8 bytes of SHA-256, over all payloads in block
 * order and over the decoded gradient as little-endian float32.
 *
 * <p>Payloads change only when the wire format is meant to change. Then, from the compressor's directory after
 * {@code mvn test-compile}, write them anew, and say in the commit why:
 *
 * <pre>
 * java --add-modules jdk.incubator.vector -Deden4j.simd=off -cp target/classes:target/test-classes \
 *     org.eden4j.compressor.GoldenPayloads src/test/resources/golden/payloads.csv
 * </pre>
 */
final class GoldenPayloads {
    static final String RESOURCE = "/golden/payloads.csv";
    static final int ROUND = 3;
    static final int WORKER = 2;
    static final List<Integer> DIMENSIONS = List.of(1, 2, 127, 128, 129, 1000, 4223, 431_080);
    static final List<String> METHODS = List.of("none", "float16", "eden:bits=1", "eden:bits=2", "eden:bits=3",
            "eden:bits=4", "eden:bits=5", "eden:bits=6", "eden:bits=7", "eden:bits=8", "eden:bits=1,rounds=1",
            "eden:bits=2,rounds=2", "eden:bits=3,rounds=3", "eden:bits=4,scale=biased", "eden:bits=2,scale=matched",
            "eden:bits=6,scale=unit", "drive", "drive:scale=biased", "turboquant-mse:bits=4", "matched-norm:bits=4");
    private static final String HEADER = "method,dimension,job_seed,bytes,payload_hash,decoded_hash,payload";
    private static final int SHOWN_BYTES = 72;
    private static final ValueLayout.OfFloat WIRE_FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    private GoldenPayloads() {}

    /** Writes the table to the file named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        for (String method : METHODS) {
            for (int dimension : DIMENSIONS) {
                lines.add(Row.compute(method, dimension, jobSeed(dimension)).line());
            }
        }
        Files.write(Path.of(arguments[0]), lines);
    }

    private static long jobSeed(int dimension) {
        return 1_000_000_007L * dimension;
    }

    /**
     * Integers of 16 bits times powers of two, made without a floating-point function, so that every machine makes the
     * same: magnitudes from 2^-14 to 2^7, one in eight coordinates zero.
     */
    static float[] gradient(long seed, int dimension) {
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

    /** One line of the table. */
    record Row(String method, int dimension, long jobSeed, int bytes, String payloadHash, String decodedHash,
            String payload) {
        static Row of(ReferenceTable.Row row) {
            return new Row(row.text("method"), row.integer("dimension"), Long.parseLong(row.text("job_seed")),
                    row.integer("bytes"), row.text("payload_hash"), row.text("decoded_hash"), row.text("payload"));
        }

        /** Encodes and decodes. */
        static Row compute(String text, int dimension, long jobSeed) {
            Method method = Method.parse(text);
            BlockLayout layout = BlockLayout.of(method, dimension, BlockLayout.DEFAULT_BLOCK);
            BlockCodec codec = BlockCodec.of(method);
            MemorySegment gradient = TestVectors.offHeap(gradient(jobSeed, dimension));
            MemorySegment sum = Arena.ofAuto().allocate(4L * dimension, 64);
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
