package org.eden4j.transport.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;

/** Layouts of parts from one coordinate to several blocks, with methods of every kind and absent parts anywhere. */
public final class RandomLayouts {
    private static final int MOST_PARTS = 10;
    private static final List<String> METHODS = List.of("eden:bits=4", "none", "eden:bits=1", "float16",
            "sq:bits=6,rotate=true", "varying", "topk:fraction=0.1", "eden:bits=4");

    private RandomLayouts() {}

    /** Returns a layout with at least one part that is sent. */
    public static UpdateLayout of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = random.nextInt(1, MOST_PARTS + 1);
        int travels = random.nextInt(count);
        List<Part> parts = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < count; i++) {
            int length = random.nextInt(1, 2 << random.nextInt(15));
            boolean absent = i != travels && random.nextInt(3) == 0;
            parts.add(new Part("part " + i, first, length, absent ? Optional.empty()
                    : Optional.of(Method.parse(METHODS.get(random.nextInt(METHODS.size()))))));
            first += length;
        }
        return UpdateLayout.of(parts);
    }
}
