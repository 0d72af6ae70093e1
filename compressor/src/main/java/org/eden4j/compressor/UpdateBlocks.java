package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.eden4j.compressor.UpdateLayout.Part;

/**
 * The blocks of a vector with parts. Each part that is sent is divided for its own method as {@link BlockLayout} does;
 * blocks are numbered consecutively through all parts. No block crosses a part, and none contains an absent coordinate.
 * Parts too short for a rotation are sent raw, see {@link Method#forDimension}.
 *
 * <pre>
 * parts       [0, 1000) eden, [1000, 1300) absent, [1300, 1310) none      block size 512
 * blocks      0: [0, 512)  1: [512, 768)  2: [768, 896)  3: [896, 1000)  4: [1300, 1310)
 * in a sum    0 to 2 and 4 in place        3, padded to 128: [1310, 1438)
 * </pre>
 *
 * <p><b>Sums.</b> A sum of such vectors has {@link #sumLength} coordinates: the vector's own, then room for each block
 * whose padding would overlap the next part. {@link #settle} copies such a block to its coordinates. In a vector of one
 * part only the last block can be padded, and every block is in place.
 *
 * <p>Immutable. Accessors take O(log parts), O(1) for one part; memory is O(parts).
 */
public final class UpdateBlocks {
    private final int dimension;
    private final List<Method> methods;
    /** Layouts of the parts that are sent. */
    private final BlockLayout[] layouts;
    private final int[] first;
    private final int[] method;
    /** First block of each part that is sent, then the number of blocks. */
    private final int[] firstBlock;
    /** Position in a sum of the last block of each part that is sent. */
    private final long[] lastBlockInSum;
    private final long sumLength;

    /** A run of consecutive coordinates {@code [first, end)}. */
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
     * Returns the blocks of a layout.
     *
     * @param blockSize coordinates of a full block for a method, as in {@link BlockLayout#of}
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

    /**
     * Returns the blocks of a layout, with full blocks of {@value BlockLayout#DEFAULT_BLOCK} coordinates or the largest
     * of their method.
     */
    public static UpdateBlocks of(UpdateLayout layout) {
        return of(layout, method -> Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock()));
    }

    /** Returns the blocks of a vector of one part. */
    public static UpdateBlocks of(Method method, BlockLayout layout) {
        Part whole = UpdateLayout.whole(layout.dimension(), method).parts().getFirst();
        return new UpdateBlocks(layout.dimension(), List.of(whole), List.of(layout), List.of(method));
    }

    /** Returns the number of coordinates of the vector, including absent ones. */
    public int dimension() {
        return dimension;
    }

    /** Returns the number of coordinates that are sent. */
    public int coordinates() {
        return Arrays.stream(layouts).mapToInt(BlockLayout::dimension).sum();
    }

    public int blockCount() {
        return firstBlock[layouts.length];
    }

    /** Returns the first coordinate of a block. */
    public int offset(int block) {
        int part = part(block);
        return first[part] + layouts[part].offset(block - firstBlock[part]);
    }

    /** Returns the number of the vector's coordinates in a block, without padding. */
    public int length(int block) {
        int part = part(block);
        return layouts[part].length(block - firstBlock[part]);
    }

    /** Returns the number of coordinates a sum needs for a block, with padding. */
    public int paddedLength(int block) {
        int part = part(block);
        return layouts[part].paddedLength(block - firstBlock[part]);
    }

    /** Returns the block of a coordinate, which must not be absent. Takes O(log blocks log parts). */
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

    /** Returns the method that actually encodes a block. */
    public Method method(int block) {
        return methods.get(methodIndex(block));
    }

    /** Returns the methods that encode the blocks, each once. */
    public List<Method> methods() {
        return methods;
    }

    /** Returns the index of a block's method in {@link #methods}. */
    int methodIndex(int block) {
        return method[part(block)];
    }

    /** Returns the first coordinate of a block in a sum: {@link #offset}, or a position after the vector. */
    public long sumOffset(int block) {
        int part = part(block);
        return block + 1 == firstBlock[part + 1] ? lastBlockInSum[part]
                : first[part] + layouts[part].offset(block - firstBlock[part]);
    }

    /** Returns the number of coordinates of a sum: the dimension plus padding. */
    public int sumLength() {
        return Math.toIntExact(sumLength);
    }

    /**
     * Like {@link #sumLength}, but for a sum that holds one block at a time: the padded length of the largest block.
     */
    public int largestSum() {
        return Arrays.stream(layouts).mapToInt(BlockLayout::largestSum).max().orElseThrow();
    }

    /** Copies a finished block of a sum to its coordinates, unless it is in place. */
    public void settle(int block, MemorySegment sum) {
        long from = sumOffset(block);
        int to = offset(block);
        if (from != to) {
            MemorySegment.copy(sum, Float.BYTES * from, sum, (long) Float.BYTES * to,
                    (long) Float.BYTES * length(block));
        }
    }

    /** Returns the coordinates of the blocks {@code [begin, end)}; adjacent blocks form one run. */
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

    /** Returns all coordinates that are sent. */
    public List<Run> runs() {
        return runs(0, blockCount());
    }

    /** Returns whether another vector has its blocks at the same coordinates, by whatever methods. */
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

    /** Returns the index, among the parts that are sent, of the part a block belongs to. */
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
     * The codecs of one thread for the blocks of a vector, one per method.
     *
     * <p>Not thread-safe, since codecs are not.
     */
    public static final class Codecs {
        private final UpdateBlocks blocks;
        private final BlockCodec[] byMethod;

        /** @param codec creates the codec of a method, such as {@link Method#codec} or {@link ErrorFeedback#encoder} */
        public Codecs(UpdateBlocks blocks, Function<Method, BlockCodec> codec) {
            this.blocks = blocks;
            byMethod = blocks.methods().stream().map(codec).toArray(BlockCodec[]::new);
        }

        /** Creates the codecs of the blocks' methods. */
        public static Codecs of(UpdateBlocks blocks) {
            return new Codecs(blocks, Method::codec);
        }

        /** Returns the codec of a block. */
        public BlockCodec of(int block) {
            return byMethod[blocks.methodIndex(block)];
        }
    }
}
