package org.eden4j.simulator.data;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Creates the program's excerpt of Fashion-MNIST: the first {@value #TRAIN} training and the first {@value #TEST} test
 * images. The published files are in random order, so their first images show the ten classes about equally often.
 * There is no sampling, no clock and no file name in the gzip header: equal inputs give equal files.
 *
 * <pre>
 * java -cp simulator/target/classes org.eden4j.simulator.data.FashionMnistExcerpt \
 *     /usr/share/datasets/fashion-mnist simulator/src/main/resources/org/eden4j/simulator/data/fashion-mnist
 * </pre>
 */
final class FashionMnistExcerpt {
    static final int TRAIN = 7000;
    static final int TEST = 2000;
    /** Size limit of the four files together, in bytes. */
    static final long MOST_BYTES = 4_000_000;

    private FashionMnistExcerpt() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: FashionMnistExcerpt FULL_SET_FOLDER EXCERPT_FOLDER");
        }
        Path source = Path.of(arguments[0]);
        Path target = Files.createDirectories(Path.of(arguments[1]));
        long bytes = cut(source, target, FashionMnist.TRAIN + "-images-idx3-ubyte", 3, TRAIN)
                + cut(source, target, FashionMnist.TRAIN + "-labels-idx1-ubyte", 1, TRAIN)
                + cut(source, target, FashionMnist.TEST + "-images-idx3-ubyte", 3, TEST)
                + cut(source, target, FashionMnist.TEST + "-labels-idx1-ubyte", 1, TEST);
        if (bytes > MOST_BYTES) {
            throw new IOException(
                    "the excerpt has " + bytes + " bytes, more than the " + MOST_BYTES + " allowed: cut fewer images");
        }
    }

    /** Writes the first {@code count} items of a file and returns the number of bytes written. */
    private static long cut(Path source, Path target, String name, int dimensions, int count) throws IOException {
        IdxFile full;
        try (InputStream stream = Files.newInputStream(source.resolve(name + ".gz"))) {
            full = IdxFile.read(name, stream, dimensions);
        }
        int itemBytes = full.values().length / full.sizes()[0];
        Path file = target.resolve(name + ".gz");
        try (DataOutputStream out = new DataOutputStream(new SmallestGzip(Files.newOutputStream(file)))) {
            out.writeInt(0x0800 + dimensions);
            out.writeInt(count);
            for (int size : Arrays.copyOfRange(full.sizes(), 1, dimensions)) {
                out.writeInt(size);
            }
            out.write(full.values(), 0, count * itemBytes);
        }
        return Files.size(file);
    }

    private static final class SmallestGzip extends GZIPOutputStream {
        SmallestGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
