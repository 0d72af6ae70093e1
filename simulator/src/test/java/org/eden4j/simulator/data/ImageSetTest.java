package org.eden4j.simulator.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageSetTest {
    /** Image i is the single pixel i and of class i % 10. */
    private static final ImageSet IMAGES = images(103);

    @Test
    void shouldShareAllImagesOutInDisjointSharesOfEqualSize() {
        List<Integer> all = new ArrayList<>();
        for (int worker = 0; worker < 4; worker++) {
            ImageSet shard = IMAGES.shard(worker, 4, 7);
            assertEquals(25, shard.size());
            all.addAll(pixels(shard));
        }
        assertEquals(100, all.stream().distinct().count());
    }

    @Test
    void shouldShareOutTheSameWayForTheSameSeedOnly() {
        assertEquals(pixels(IMAGES.shard(1, 4, 7)), pixels(IMAGES.shard(1, 4, 7)));
        assertFalse(pixels(IMAGES.shard(1, 4, 7)).equals(pixels(IMAGES.shard(1, 4, 8))));
    }

    @Test
    void shouldShuffleWithoutLosingImagesOrTheirLabels() {
        ImageSet shuffled = IMAGES.shuffled(3);
        List<Integer> pixels = pixels(shuffled);
        assertFalse(pixels.equals(pixels(IMAGES)));
        assertEquals(pixels(IMAGES), pixels.stream().sorted().toList());
        for (int i = 0; i < shuffled.size(); i++) {
            assertEquals(pixels.get(i) % 10, shuffled.label(i));
        }
    }

    @Test
    void shouldSayWhyAShareCannotBeHad() {
        assertEquals("worker must be from 0 to 3, got 4",
                assertThrows(IllegalArgumentException.class, () -> IMAGES.shard(4, 4, 1)).getMessage());
        assertEquals("3 images are too few for 4 workers",
                assertThrows(IllegalArgumentException.class, () -> images(3).shard(0, 4, 1)).getMessage());
        assertEquals("count must be from 1 to the 103 images, got 104",
                assertThrows(IllegalArgumentException.class, () -> IMAGES.first(104)).getMessage());
    }

    @Test
    void shouldWalkThroughEveryImageOnceAnEpochInAnotherOrderEachTime() {
        ImageIterator batches = IMAGES.batches(25, 5);
        assertEquals(5, batches.batchesPerEpoch());
        List<Integer> first = walk(batches);
        assertThrows(NoSuchElementException.class, batches::next);
        batches.reset();
        List<Integer> second = walk(batches);
        assertFalse(first.equals(second));
        assertEquals(pixels(IMAGES), first.stream().sorted().toList());
        assertEquals(pixels(IMAGES), second.stream().sorted().toList());
        assertEquals(first, walk(IMAGES.batches(25, 5)), "same seed, same order");
    }

    @Test
    void shouldScalePixelsToOneAndLabelsToOneHot() {
        assertArrayEquals(new long[]{2, 1, 1, 1}, IMAGES.batch(101, 2).getFeatures().shape());
        assertArrayEquals(new float[]{101 / 255f, 102 / 255f},
                IMAGES.batch(101, 2).getFeatures().ravel().toFloatVector());
        assertArrayEquals(new float[]{0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, IMAGES.batch(102, 1).getLabels().toFloatVector());
        assertTrue(
                assertThrows(IndexOutOfBoundsException.class, () -> IMAGES.batch(102, 2)).getMessage().contains("103"));
    }

    private static List<Integer> walk(ImageIterator batches) {
        List<Integer> pixels = new ArrayList<>();
        while (batches.hasNext()) {
            for (float pixel : batches.next().getFeatures().ravel().toFloatVector()) {
                pixels.add(Math.round(pixel * 255));
            }
        }
        return pixels;
    }

    private static List<Integer> pixels(ImageSet images) {
        float[] pixels = images.batch(0, images.size()).getFeatures().ravel().toFloatVector();
        return IntStream.range(0, pixels.length).mapToObj(i -> Math.round(pixels[i] * 255)).toList();
    }

    private static ImageSet images(int count) {
        byte[] pixels = new byte[count];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            pixels[i] = (byte) i;
            labels[i] = (byte) (i % 10);
        }
        return new ImageSet(pixels, labels, 1, 1, 10, IntStream.range(0, count).toArray());
    }
}
