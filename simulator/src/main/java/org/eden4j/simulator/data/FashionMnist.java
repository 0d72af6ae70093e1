package org.eden4j.simulator.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Fashion-MNIST: grey images of 28 x 28 pixels of ten kinds of clothing.
 *
 * <p>An excerpt is {@linkplain #embedded() part of the program}. The full set of 60,000 + 10,000 images is
 * {@linkplain #read read from a directory} with the four IDX files, plain or gzip, under their published names. Debian
 * provides them in the package {@code dataset-fashion-mnist}.
 *
 * @param train images to train on
 * @param test images to test with
 * @see <a href="https://arxiv.org/abs/1708.07747">Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv 1708.07747</a>
 */
public record FashionMnist(ImageSet train, ImageSet test) {
    /** Name of the excerpt for {@link #parse}. */
    public static final String BUILTIN = "builtin";
    /** Pixels per side of an image. */
    static final int SIDE = 28;
    /** T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. */
    static final int CLASSES = 10;
    static final String TRAIN = "train";
    static final String TEST = "t10k";

    /** Opens one of the files by its published name without {@code .gz}. */
    @FunctionalInterface
    private interface Source {
        InputStream open(String name) throws IOException;
    }

    /**
     * Returns the excerpt in the program's resources: {@value FashionMnistExcerpt#TRAIN} training and
     * {@value FashionMnistExcerpt#TEST} test images.
     */
    public static FashionMnist embedded() throws IOException {
        return read("embedded Fashion-MNIST", name -> {
            InputStream stream = FashionMnist.class.getResourceAsStream("fashion-mnist/" + name + ".gz");
            if (stream == null) {
                throw new IOException("the program lacks its resource fashion-mnist/" + name + ".gz: rebuild it");
            }
            return stream;
        });
    }

    /**
     * Reads the set in a directory.
     *
     * @throws IOException if a file is missing or broken, naming it and what was expected
     */
    public static FashionMnist read(Path directory) throws IOException {
        return read(directory.toString(), name -> {
            Path plain = directory.resolve(name);
            Path gzip = directory.resolve(name + ".gz");
            if (Files.isReadable(gzip)) {
                return Files.newInputStream(gzip);
            }
            if (Files.isReadable(plain)) {
                return Files.newInputStream(plain);
            }
            throw new IOException(
                    "%s has no readable %s or %s.gz: expected the four IDX files of Fashion-MNIST, as in Debian's package dataset-fashion-mnist"
                        .formatted(directory, name, name));
        });
    }

    /** Returns the excerpt if {@code text} is {@value #BUILTIN}, otherwise the set in the directory it names. */
    public static FashionMnist parse(String text) throws IOException {
        return text.equals(BUILTIN) ? embedded() : read(Path.of(text));
    }

    private static FashionMnist read(String where, Source source) throws IOException {
        return new FashionMnist(part(where, source, TRAIN), part(where, source, TEST));
    }

    private static ImageSet part(String where, Source source, String part) throws IOException {
        IdxFile images = file(where, source, part + "-images-idx3-ubyte", 3);
        IdxFile labels = file(where, source, part + "-labels-idx1-ubyte", 1);
        int count = images.sizes()[0];
        if (images.sizes()[1] != SIDE || images.sizes()[2] != SIDE) {
            throw new IOException("%s/%s-images-idx3-ubyte holds images of %d x %d pixels, expected %d x %d"
                .formatted(where, part, images.sizes()[1], images.sizes()[2], SIDE, SIDE));
        }
        if (labels.sizes()[0] != count) {
            throw new IOException("%s/%s-labels-idx1-ubyte holds %d labels for %d images"
                .formatted(where, part, labels.sizes()[0], count));
        }
        for (int i = 0; i < count; i++) {
            int label = labels.values()[i] & 0xff;
            if (label >= CLASSES) {
                throw new IOException("%s/%s-labels-idx1-ubyte: label %d is %d, expected 0 to %d"
                    .formatted(where, part, i, label, CLASSES - 1));
            }
        }
        return new ImageSet(images.values(), labels.values(), SIDE, SIDE, CLASSES, IntStream.range(0, count).toArray());
    }

    private static IdxFile file(String where, Source source, String name, int dimensions) throws IOException {
        try (InputStream stream = source.open(name)) {
            return IdxFile.read(where + "/" + name, stream, dimensions);
        }
    }
}
