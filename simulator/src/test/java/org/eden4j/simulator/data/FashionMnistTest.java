package org.eden4j.simulator.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

class FashionMnistTest {
    private static final String[] NAMES = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

    @TempDir
    Path folder;

    @Test
    void shouldCarryAnExcerptOfBalancedClassesWithinFourMegabytes() throws IOException {
        FashionMnist excerpt = FashionMnist.embedded();
        assertEquals(7000, excerpt.train().size());
        assertEquals(2000, excerpt.test().size());
        assertBalanced(excerpt.train());
        assertBalanced(excerpt.test());
        long bytes = 0;
        for (String name : NAMES) {
            bytes += resource(name).length;
        }
        assertTrue(bytes <= FashionMnistExcerpt.MOST_BYTES, bytes + " bytes");
        try (InputStream licence = FashionMnist.class.getResourceAsStream("fashion-mnist/LICENSE")) {
            assertTrue(new String(licence.readAllBytes(), "UTF-8")
                .contains("The MIT License (MIT) Copyright © [2017] Zalando SE"));
        }
    }

    /** A class has a tenth of the images; the files are in random order, so four standard deviations of a binomial count. */
    private static void assertBalanced(ImageSet images) {
        int[] counts = new int[10];
        for (int i = 0; i < images.size(); i++) {
            counts[images.label(i)]++;
        }
        double deviation = Math.sqrt(images.size() * .1 * .9);
        for (int label = 0; label < 10; label++) {
            assertEquals(images.size() / 10., counts[label], 4 * deviation, "class " + label);
        }
    }

    @Test
    void shouldStartWithAnAnkleBootAsPublished() throws IOException {
        DataSet first = FashionMnist.embedded().train().batch(0, 1);
        assertArrayEquals(new long[]{1, 1, 28, 28}, first.getFeatures().shape());
        assertArrayEquals(new float[]{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, first.getLabels().toFloatVector());
        // the bytes of the first published image add up to 76,247
        assertEquals(76247 / 784. / 255, first.getFeatures().meanNumber().doubleValue(), 1e-6);
        assertEquals(1, first.getFeatures().maxNumber().floatValue());
        assertEquals(0, first.getFeatures().minNumber().floatValue());
    }

    @Test
    void shouldReadPlainAndGzipFilesFromAFolder() throws IOException {
        copyExcerpt();
        try (InputStream gzip = new GZIPInputStream(Files.newInputStream(folder.resolve(NAMES[0] + ".gz")))) {
            Files.copy(gzip, folder.resolve(NAMES[0]));
        }
        Files.delete(folder.resolve(NAMES[0] + ".gz"));
        FashionMnist read = FashionMnist.parse(folder.toString());
        FashionMnist embedded = FashionMnist.parse(FashionMnist.BUILTIN);
        assertEquals(embedded.train().batch(0, 50), read.train().batch(0, 50));
        assertEquals(embedded.test().batch(0, 50), read.test().batch(0, 50));
    }

    @Test
    void shouldSayWhichFileIsMissingAndWhatIsExpected() throws IOException {
        copyExcerpt();
        Files.delete(folder.resolve(NAMES[3] + ".gz"));
        assertMessage(folder + " has no readable t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz: "
                + "expected the four IDX files of Fashion-MNIST, as in Debian's package dataset-fashion-mnist");
    }

    @Test
    void shouldNameTheFileThatDoesNotFitTheOthers() throws IOException {
        copyExcerpt();
        Path labels = folder.resolve(NAMES[3] + ".gz");
        Files.write(labels, new byte[]{0, 0, 8, 1, 0, 0, 0, 1, 3});
        assertMessage(folder + "/t10k-labels-idx1-ubyte holds 1 labels for 2000 images");

        Files.write(folder.resolve(NAMES[2] + ".gz"), new byte[]{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9});
        assertMessage(folder + "/t10k-images-idx3-ubyte holds images of 1 x 2 pixels, expected 28 x 28");

        byte[] image = new byte[16 + 784];
        System.arraycopy(new byte[]{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28}, 0, image, 0, 16);
        Files.write(folder.resolve(NAMES[2] + ".gz"), image);
        Files.write(labels, new byte[]{0, 0, 8, 1, 0, 0, 0, 1, 10});
        assertMessage(folder + "/t10k-labels-idx1-ubyte: label 0 is 10, expected 0 to 9");
    }

    private void assertMessage(String expected) {
        assertEquals(expected, assertThrows(IOException.class, () -> FashionMnist.read(folder)).getMessage());
    }

    private void copyExcerpt() throws IOException {
        for (String name : NAMES) {
            Files.write(folder.resolve(name + ".gz"), resource(name));
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream stream = FashionMnist.class.getResourceAsStream("fashion-mnist/" + name + ".gz")) {
            return stream.readAllBytes();
        }
    }
}
