package org.eden4j.compressor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.eden4j.compressor.UpdateLayout.Part;

/** Random layouts of parts from one coordinate to several blocks, of all methods, with absent parts anywhere. */
public final class RandomLayouts {
    private static final int MOST_PARTS = 8;

    private RandomLayouts() {}

    /** Returns a layout of at least one part that is sent. */
    public static UpdateLayout of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Method> methods = MethodSamples.all();
        int count = random.nextInt(1, MOST_PARTS + 1);
        int travels = random.nextInt(count);
        List<Part> parts = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < count; i++) {
            int length = random.nextInt(1, 2 << random.nextInt(12));
            boolean absent = i != travels && random.nextInt(3) == 0;
            parts.add(new Part("part " + i, first, length,
                    absent ? Optional.empty() : Optional.of(methods.get(random.nextInt(methods.size())))));
            first += length;
        }
        return UpdateLayout.of(parts);
    }

    /** Returns its blocks, of a size that every method supports. */
    public static UpdateBlocks blocks(UpdateLayout layout) {
        return UpdateBlocks.of(layout, MethodSamples::blockSize);
    }
}
