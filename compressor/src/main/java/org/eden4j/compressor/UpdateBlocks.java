package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.eden4j.compressor.UpdateLayout.Part;

/**
 * The blocks of a vector with parts: each part that travels is cut by its own method as {@link BlockLayout} says, and blocks
 * are numbered through all of them. No block crosses parts, and none holds an absent coordinate. Parts too short for a rotation
 * travel raw, see {@link Method#forDimension}.
 *
 * <pre>
 * parts       [0, 1000) eden, [1000, 1300) absent, [1300, 1310) none      block size 512
 * blocks      0: [0, 512)  1: [512, 768)  2: [768, 896)  3: [896, 1000)  4: [1300, 1310)
 * in a sum    0 to 2, 4: where they are    3, padded to 128: [1310, 1438)
 * </pre>
 *
 * <p><b>Sums.</b> A sum of such vectors has {@link #sumLength} coordinates: those of the vector in their places, then a place for
 * each block whose padding would overlap what follows it. {@link #settle} brings such a block to its coordinates. In a vector
 * of one part the only block that may be padded is the last, and every block has the place of its coordinates.
 *
 * <p>Immutable. Accessors take O(log parts), O(1) for one part; memory is O(parts).
 */
public final class UpdateBlocks {
    private final int dimension;
    private final List<Method> methods;
    /** By part that travels. */
    private final BlockLayout[] layouts;
    private final int[] first;
    private final int[] method;
    /** By part that travels, and the block count at the end. */
    private final int[] firstBlock;
    /** By part that travels: where its last block is in a sum. */
    private final long[] lastBlockInSum;
    private final long sumLength;

    /** Consecutive coordinates {@code [first, end)}. */
    public record Run(int first, int end) {}

    private UpdateBlocks(int dimension, List<Part> parts, List<BlockLayout> cuts, List<Method> used) {
        this.dimension = dimension;
        methods = used.stream().distinct().toList();
        layouts = cuts.toArray(BlockLayout[]::new);
        first = parts.stream().mapToInt(Part::first).toArray();
        method = used.stream().mapToInt(methods::indexOf).toArray();
        firstBlock = new int[layouts.length + 1];
        lastBlockInSum = new long[layouts.length];
        for (int part = 0; part < layouts.length; part++) {
            BlockLayout layout = layouts[part];
            firstBlock[part + 1] = firstBlock[part] + layout.blockCount();
            lastBlockInSum[part] = first[part] + layout.offset(layout.blockCount() - 1);
        }
        int lastPart = layouts.length - 1;
        boolean atTheEnd = parts.get(lastPart).end() == dimension;
        long end = atTheEnd ? lastBlockInSum[lastPart] + lastPadded(lastPart) : dimension;
        for (int part = 0; part < (atTheEnd ? lastPart : layouts.length); part++) {
            if (lastBlockInSum[part] + lastPadded(part) > parts.get(part).end()) {
                lastBlockInSum[part] = end;
                end += lastPadded(part);
            }
        }
        sumLength = end;
    }

    /**
     * The blocks of a layout.
     *
     * @param blockSize coordinates of a full block of a method, as {@link BlockLayout#of} takes them
     */
    public static UpdateBlocks of(UpdateLayout layout, ToIntFunction<Method> blockSize) {
        List<Part> parts = layout.parts().stream().filter(part -> part.method().isPresent()).toList();
        List<Method> used = new ArrayList<>();
        List<BlockLayout> cuts = new ArrayList<>();
        for (Part part : parts) {
            Method method = part.method().orElseThrow().forDimension(part.length());
            used.add(method);
            cuts.add(BlockLayout.of(method, part.length(), blockSize.applyAsInt(method)));
        }
        return new UpdateBlocks(layout.dimension(), parts, cuts, used);
    }

    /** The blocks of a layout, full ones of {@value BlockLayout#DEFAULT_BLOCK} coordinates or their method's largest. */
    public static UpdateBlocks of(UpdateLayout layout) {
        return of(layout, method -> Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock()));
    }

    /** The blocks of a vector of one part. */
    public static UpdateBlocks of(Method method, BlockLayout layout) {
        Part whole = UpdateLayout.whole(layout.dimension(), method).parts().getFirst();
        return new UpdateBlocks(layout.dimension(), List.of(whole), List.of(layout), List.of(method));
    }

    /** Coordinates of the vector, absent ones among them. */
    public int dimension() {
        return dimension;
    }

    /** Coordinates that travel. */
    public int coordinates() {
        return Arrays.stream(layouts).mapToInt(BlockLayout::dimension).sum();
    }

    public int blockCount() {
        return firstBlock[layouts.length];
    }

    /** The first coordinate of a block. */
    public int offset(int block) {
        int part = part(block);
        return first[part] + layouts[part].offset(block - firstBlock[part]);
    }

    /** The number of the vector's coordinates in a block, without padding. */
    public int length(int block) {
        int part = part(block);
        return layouts[part].length(block - firstBlock[part]);
    }

    /** The coordinates that a sum has for a block, padding included. */
    public int paddedLength(int block) {
        int part = part(block);
        return layouts[part].paddedLength(block - firstBlock[part]);
    }

    /** The block of a coordinate, one that travels. Takes O(log blocks log parts). */
    public int blockAt(int coordinate) {
        int low = 0;
        int high = blockCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (offset(middle) <= coordinate) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The method that a block is really encoded by. */
    public Method method(int block) {
        return methods.get(methodIndex(block));
    }

    /** The methods that blocks are encoded by, each once. */
    public List<Method> methods() {
        return methods;
    }

    /** Where a block's method stands in {@link #methods}. */
    int methodIndex(int block) {
        return method[part(block)];
    }

    /** The first coordinate of a block in a sum: {@link #offset}, or a place behind the vector. */
    public long sumOffset(int block) {
        int part = part(block);
        return block + 1 == firstBlock[part + 1] ? lastBlockInSum[part]
                : first[part] + layouts[part].offset(block - firstBlock[part]);
    }

    /** Coordinates of a sum: the dimension, and what padding needs. */
    public int sumLength() {
        return Math.toIntExact(sumLength);
    }

    /** As {@link #sumLength}, for the sum of one block wherever it is: coordinates of the largest one with its padding. */
    public int largestSum() {
        return Arrays.stream(layouts).mapToInt(BlockLayout::largestSum).max().orElseThrow();
    }

    /** Copies a finished block of a sum to the place of its coordinates, if it has another one. */
    public void settle(int block, MemorySegment sum) {
        long from = sumOffset(block);
        int to = offset(block);
        if (from != to) {
            MemorySegment.copy(sum, Float.BYTES * from, sum, (long) Float.BYTES * to,
                    (long) Float.BYTES * length(block));
        }
    }

    /** The coordinates of the blocks {@code [begin, end)}, neighbours in one run. */
    public List<Run> runs(int begin, int end) {
        List<Run> runs = new ArrayList<>();
        if (begin == end) {
            return runs;
        }
        int last = part(end - 1);
        int start = offset(begin);
        for (int part = part(begin); part <= last; part++) {
            int stop = part == last ? offset(end - 1) + length(end - 1) : first[part] + layouts[part].dimension();
            if (part == last || first[part + 1] != stop) {
                runs.add(new Run(start, stop));
                start = part == last ? stop : first[part + 1];
            }
        }
        return runs;
    }

    /** All coordinates that travel. */
    public List<Run> runs() {
        return runs(0, blockCount());
    }

    /** Whether the blocks of another vector lie where those of this one do, by whatever methods. */
    public boolean hasSameBlocks(UpdateBlocks other) {
        boolean same = blockCount() == other.blockCount();
        for (int block = 0; same && block < blockCount(); block++) {
            same = offset(block) == other.offset(block) && length(block) == other.length(block);
        }
        return same;
    }

    private int lastPadded(int part) {
        return layouts[part].paddedLength(layouts[part].blockCount() - 1);
    }

    /** The part that a block belongs to, among those that travel. */
    private int part(int block) {
        if (block < 0 || block >= blockCount()) {
            throw new IndexOutOfBoundsException("block " + block + " of " + blockCount());
        }
        int low = 0;
        int high = layouts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstBlock[middle] <= block) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * One thread's codecs for the blocks of a vector, one for each method.
     *
     * <p>Not thread-safe, as the codecs are not.
     */
    public static final class Codecs {
        private final UpdateBlocks blocks;
        private final BlockCodec[] byMethod;

        /** @param codec makes the codec of a method, such as {@link Method#codec} or {@link ErrorFeedback#encoder} */
        public Codecs(UpdateBlocks blocks, Function<Method, BlockCodec> codec) {
            this.blocks = blocks;
            byMethod = blocks.methods().stream().map(codec).toArray(BlockCodec[]::new);
        }

        /** The codecs of the blocks' methods. */
        public static Codecs of(UpdateBlocks blocks) {
            return new Codecs(blocks, Method::codec);
        }

        /** The codec of a block. */
        public BlockCodec of(int block) {
            return byMethod[blocks.methodIndex(block)];
        }
    }
}
