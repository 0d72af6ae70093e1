package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.ints;
import static org.eden4j.compressor.kernel.Lanes.store;
import static org.eden4j.compressor.kernel.Lanes.storeWire;
import static org.eden4j.compressor.kernel.Lanes.wireInts;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * "Vertical" packing in vectors, see {@link Kernels#pack}, for blocks of at least 16 x 32 coordinates. In each group of
 * 32 rows of 16 indices, row k occupies the bits from {@code k bits} on of the {@code bits} rows of the group.
 *
 * <p>Loops for a particular number of bits contain it as a constant: shifts by a constant, without an inner loop, take
 * a third less time.
 */
final class VectorPacking {
    /** Smallest block, in coordinates. */
    static final int SMALLEST = 512;

    private static final int GROUP = 32;
    private static final int LANES = 16;
    /** Distance from one row to the next, in bytes. */
    private static final long ROW = 4 * LANES;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, FLOATS.vectorShape());
    /** An index of eight bits in each half of an int. */
    private static final IntVector TWO_BYTES = IntVector.broadcast(INTS, 0xFF00FF);
    private static final IntVector LOW_HALF = IntVector.broadcast(INTS, 0xFFFF);
    private static final IntVector HIGH_HALF = IntVector.broadcast(INTS, 0xFFFF0000);
    private static final IntVector TWO_SIGNS = IntVector.broadcast(INTS, 0x80008000);

    private final Loop[] packs = new Loop[Codebook.MAX_BITS + 1];
    private final Loop[] unpacks = new Loop[Codebook.MAX_BITS + 1];
    private final Loop[] lookUps = new Loop[Codebook.MAX_BITS + 1];
    private final Loop unpackIndices = (indices, payload, _, n, b, _) -> unpackMasked(payload, n, b, indices);
    /** Eight bits at 512 bit, by the two bytes at even and at odd positions of a word. */
    private final Loop unpackEven;
    private final Loop unpackOdd;

    VectorPacking() {
        for (int bits = 1; bits <= Codebook.MAX_BITS; bits++) {
            int[] magnitudes = Codebook.ofBits(bits).centroidBits();
            int[] table = RegisterTable.of(magnitudes);
            packs[bits] = packLoop(bits);
            unpacks[bits] = isSmall(bits) ? unpackLoop(bits, signed(magnitudes)) : unpackLoop(bits);
            lookUps[bits] = isSmall(bits)
                    ? lookUpSmall(signed(magnitudes))
                    : table.length == WIDTH
                            ? (indices, _, _, n, b, _) -> lookUpOne(indices, n, b, table)
                            : table.length == RegisterTable.EIGHT
                                    ? (indices, _, _, n, b, _) -> lookUpEight(indices, n, b, table)
                                    : (indices, _, _, n, b, _) -> lookUpMany(indices, n, b, table);
        }
        short[] low = halves(Codebook.ofBits(Byte.SIZE).centroidBits(), 0);
        short[] high = halves(Codebook.ofBits(Byte.SIZE).centroidBits(), Short.SIZE);
        unpackEven = (centroids, payload, _, n, _, _) -> unpackBytes(payload, n, false, low, high, centroids);
        unpackOdd = (centroids, payload, _, n, _, _) -> unpackBytes(payload, n, true, low, high, centroids);
    }

    /** Returns whether there are at most sixteen signed centroids; they are then looked up as they are unpacked. */
    private static boolean isSmall(int bits) {
        return 1 << bits <= RegisterTable.SIXTEEN;
    }

    private static Loop packLoop(int bits) {
        return switch (bits) {
            case 1 -> (indices, payload, _, n, _, _) -> packWhole(indices, n, 1, payload);
            case 2 -> (indices, payload, _, n, _, _) -> packWhole(indices, n, 2, payload);
            case 4 -> (indices, payload, _, n, _, _) -> packWhole(indices, n, 4, payload);
            case 8 -> (indices, payload, _, n, _, _) -> packWhole(indices, n, 8, payload);
            default -> (indices, payload, _, n, b, _) -> packSplit(indices, n, b, payload);
        };
    }

    private static Loop unpackLoop(int bits, int[] signed) {
        Loop split = (centroids, payload, _, n, b, _) -> unpackSplit(payload, n, b, signed, centroids);
        if (WIDTH == 4) {
            return split; // eight look-ups of three selections each would be too long a loop
        }
        return switch (bits) {
            case 1 -> (centroids, payload, _, n, _, _) -> unpackWhole(payload, n, 1, signed, centroids);
            case 2 -> (centroids, payload, _, n, _, _) -> unpackWhole(payload, n, 2, signed, centroids);
            case 4 -> (centroids, payload, _, n, _, _) -> unpackWhole(payload, n, 4, signed, centroids);
            default -> split;
        };
    }

    private static Loop unpackLoop(int bits) {
        return bits == Byte.SIZE
                ? (indices, payload, _, n, _, _) -> unpackBytes(payload, n, indices)
                : (indices, payload, _, n, b, _) -> unpackSplit(payload, n, b, indices);
    }

    /** Returns both signs of all magnitudes by index, repeated until there are at least sixteen. */
    private static int[] signed(int[] magnitudes) {
        int count = magnitudes.length;
        int[] table = new int[Math.max(RegisterTable.SIXTEEN, 2 * count)];
        for (int i = 0; i < table.length; i++) {
            table[i] = magnitudes[i % count] | ((i & count) == 0 ? 0 : ScalarKernels.SIGN);
        }
        return table;
    }

    void pack(long indices, int n, int bits, long payload) {
        Loop.run(packs[bits], indices, payload, 0, n, bits, 0);
    }

    /** Unpacks indices and replaces them by centroids. */
    void unpack(long payload, int n, int bits, long centroids) {
        if (bits == Byte.SIZE && WIDTH == LANES) {
            Loop.run(unpackEven, centroids, payload, 0, n, bits, 0);
            Loop.run(unpackOdd, centroids, payload, 0, n, bits, 0);
            return;
        }
        Loop.run(unpacks[bits], centroids, payload, 0, n, bits, 0);
        if (!isSmall(bits)) {
            lookUp(centroids, n, bits);
        }
    }

    /** Unpacks indices, without the bits above them. */
    void unpackIndices(long payload, int n, int bits, long indices) {
        Loop.run(unpackIndices, indices, payload, 0, n, bits, 0);
    }

    /** Performs {@link #pack}, then replaces the indices by centroids. */
    void packAndLookUp(long indices, int n, int bits, long payload) {
        pack(indices, n, bits, payload);
        if (bits == Byte.SIZE && WIDTH == LANES) {
            unpack(payload, n, bits, indices);
        } else {
            lookUp(indices, n, bits);
        }
    }

    /**
     * Replaces indices by centroids in place: the magnitude from the table, the sign from the highest bit of the index.
     */
    void lookUp(long indices, int n, int bits) {
        Loop.run(lookUps[bits], indices, 0, 0, n, bits, 0);
    }

    /**
     * Packs 1, 2, 4 or 8 bits: one row holds 32 / bits indices, and none crosses rows. Processes four rows of indices
     * per iteration.
     */
    private static void packWhole(long indices, int n, int bits, long payload) {
        for (int i = 0; i < n / 4; i += WIDTH) {
            int lane = i & LANES - 1;
            int k = i / LANES * 4;
            // The first iteration of a row clears its old bits.
            int kept = (k * bits & GROUP - 1) == 0 ? 0 : -1;
            long at = at(indices, k * LANES + lane);
            IntVector four = ints(at).lanewise(OR, ints(at + ROW).lanewise(LSHL, bits))
                .lanewise(OR, ints(at + 2 * ROW).lanewise(LSHL, 2 * bits))
                .lanewise(OR, ints(at + 3 * ROW).lanewise(LSHL, 3 * bits));
            long row = at(payload, k * bits / GROUP * LANES + lane);
            storeWire(wireInts(row).lanewise(AND, kept).lanewise(OR, four.lanewise(LSHL, k * bits)), row);
        }
    }

    /**
     * Packs 3, 5, 6 or 7 bits: indices that cross rows contribute a part to each. Processes all groups in turn, so that
     * none waits for its row to be written.
     */
    private static void packSplit(long indices, int n, int bits, long payload) {
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            // Old bits are cleared from the row that starts with this index, or with the rest of it.
            int kept = used == 0 ? 0 : -1;
            int keptOfNext = used + bits > GROUP ? 0 : -1;
            long row = at(payload, k * bits / GROUP * LANES);
            // An index in one row only is written there twice, the second time as zeros or as itself.
            long next = used + bits > GROUP ? ROW : 0;
            for (int group = 0; group < n; group += GROUP * LANES) {
                for (int lane = 0; lane < LANES; lane += WIDTH) {
                    IntVector index = ints(at(indices, k * LANES + group + lane));
                    long at = at(row, group / GROUP * bits + lane);
                    IntVector low = index.lanewise(LSHL, used);
                    storeWire(wireInts(at).lanewise(AND, kept).lanewise(OR, low), at);
                    IntVector high = index.lanewise(LSHR, GROUP - used);
                    storeWire(wireInts(at + next).lanewise(AND, keptOfNext).lanewise(OR, high), at + next);
                }
            }
        }
    }

    /** Unpacks the four indices of eight bits in each int. */
    private static void unpackBytes(long payload, int n, long indices) {
        for (int i = 0; i < n / 4; i += WIDTH) {
            int lane = i & LANES - 1;
            IntVector word = wireInts(at(payload, i));
            long at = at(indices, i / LANES * 4 * LANES + lane);
            store(word, at);
            store(word.lanewise(LSHR, 8), at + ROW);
            store(word.lanewise(LSHR, 16), at + 2 * ROW);
            store(word.lanewise(LSHR, 24), at + 3 * ROW);
        }
    }

    /**
     * Unpacks eight indices and their centroids per iteration: bits above an index select one of the table's
     * repetitions.
     */
    private static void unpackWhole(long payload, int n, int bits, int[] signed, long centroids) {
        for (int i = 0; i < n / 8; i += WIDTH) {
            int lane = i & LANES - 1;
            int k = i / LANES * 8;
            IntVector word = wireInts(at(payload, k * bits / GROUP * LANES + lane)).lanewise(LSHR, k * bits);
            long at = at(centroids, k * LANES + lane);
            store(RegisterTable.selectSixteen(word, signed), at);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, bits), signed), at + ROW);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, 2 * bits), signed), at + 2 * ROW);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, 3 * bits), signed), at + 3 * ROW);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, 4 * bits), signed), at + 4 * ROW);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, 5 * bits), signed), at + 5 * ROW);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, 6 * bits), signed), at + 6 * ROW);
            store(RegisterTable.selectSixteen(word.lanewise(LSHR, 7 * bits), signed), at + 7 * ROW);
        }
    }

    /** Returns 16 bits of each of 128 magnitudes. */
    private static short[] halves(int[] table, int shift) {
        short[] halves = new short[table.length];
        for (int i = 0; i < table.length; i++) {
            halves[i] = (short) (table[i] >>> shift);
        }
        return halves;
    }

    /**
     * Unpacks two of the four bytes of each word, the indices of coordinates l, l + 16, l + 32 and l + 48, and looks up
     * their centroids by halves of 16 bits for 32 coordinates at a time.
     */
    private static void unpackBytes(long payload, int n, boolean odd, short[] low, short[] high, long centroids) {
        for (int i = 0; i < n / 4; i += LANES) {
            IntVector word = wireInts(at(payload, i));
            IntVector indices = (odd ? word.lanewise(LSHR, 8) : word).and(TWO_BYTES);
            IntVector signs = (odd ? word : word.lanewise(LSHL, 8)).and(TWO_SIGNS);
            long to = at(centroids, 4 * i + (odd ? LANES : 0));
            IntVector lows = halves(indices, low);
            IntVector highs = halves(indices, high).or(signs);
            store(lows.and(LOW_HALF).or(highs.lanewise(LSHL, 16)), to);
            store(lows.lanewise(LSHR, 16).or(highs.and(HIGH_HALF)), to + 2 * ROW);
        }
    }

    /** Returns table[index mod 128] for the index in each half. */
    private static IntVector halves(IntVector indices, short[] table) {
        ShortVector index = indices.reinterpretAsShorts();
        ShortVector first = index.selectFrom(ShortVector.fromArray(SHORTS, table, 0),
                ShortVector.fromArray(SHORTS, table, 2 * LANES));
        ShortVector second = index.selectFrom(ShortVector.fromArray(SHORTS, table, 4 * LANES),
                ShortVector.fromArray(SHORTS, table, 6 * LANES));
        return first.blend(second, index.and((short) 64).compare(NE, (short) 0)).reinterpretAsInts();
    }

    private static void unpackSplit(long payload, int n, int bits, long indices) {
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = at(payload, k * bits / GROUP * LANES);
            // If no second row is needed, the first one supplies bits above the index, which are ignored.
            long next = used + bits > GROUP ? ROW : 0;
            for (int group = 0; group < n; group += GROUP * LANES) {
                for (int lane = 0; lane < LANES; lane += WIDTH) {
                    IntVector index = split(at(row, group / GROUP * bits + lane), next, used);
                    store(index, at(indices, k * LANES + group + lane));
                }
            }
        }
    }

    /** The same, without the bits above an index. */
    private static void unpackMasked(long payload, int n, int bits, long indices) {
        int mask = (1 << bits) - 1;
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = at(payload, k * bits / GROUP * LANES);
            long next = used + bits > GROUP ? ROW : 0;
            for (int group = 0; group < n; group += GROUP * LANES) {
                for (int lane = 0; lane < LANES; lane += WIDTH) {
                    IntVector index = split(at(row, group / GROUP * bits + lane), next, used);
                    store(index.lanewise(AND, mask), at(indices, k * LANES + group + lane));
                }
            }
        }
    }

    /** The same, with the look-up of up to 16 centroids. */
    private static void unpackSplit(long payload, int n, int bits, int[] signed, long centroids) {
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = at(payload, k * bits / GROUP * LANES);
            long next = used + bits > GROUP ? ROW : 0;
            for (int group = 0; group < n; group += GROUP * LANES) {
                for (int lane = 0; lane < LANES; lane += WIDTH) {
                    IntVector index = split(at(row, group / GROUP * bits + lane), next, used);
                    store(RegisterTable.selectSixteen(index, signed), at(centroids, k * LANES + group + lane));
                }
            }
        }
    }

    private static IntVector split(long row, long next, int used) {
        IntVector high = wireInts(row + next).lanewise(LSHL, GROUP - used);
        return wireInts(row).lanewise(LSHR, used).lanewise(OR, high);
    }

    private static IntVector centroid(IntVector index, int mask, int toSign, IntVector register) {
        return signed(index, toSign, index.lanewise(AND, mask).selectFrom(register));
    }

    private static IntVector signed(IntVector index, int toSign, IntVector magnitude) {
        return magnitude.lanewise(OR, index.lanewise(LSHL, toSign).lanewise(AND, ScalarKernels.SIGN));
    }

    private static Loop lookUpSmall(int[] signed) {
        return (indices, _, _, n, _, _) -> lookUpSmall(indices, n, signed);
    }

    /** Looks up at most 16 centroids. */
    private static void lookUpSmall(long indices, int n, int[] signed) {
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(indices, i);
            store(RegisterTable.selectSixteen(ints(at), signed), at);
        }
    }

    /** Looks up a table of magnitudes that fits one register. */
    private static void lookUpOne(long indices, int n, int bits, int[] table) {
        IntVector register = IntVector.fromArray(INTS, table, 0);
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(indices, i);
            IntVector index = ints(at);
            store(centroid(index, mask, toSign, register), at);
        }
    }

    /** Looks up a table of eight registers. */
    private static void lookUpEight(long indices, int n, int bits, int[] table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(indices, i);
            IntVector index = ints(at);
            IntVector magnitude = RegisterTable.selectEight(index.lanewise(AND, mask), table, 0);
            store(signed(index, toSign, magnitude), at);
        }
    }

    /** Looks up a larger table. */
    private static void lookUpMany(long indices, int n, int bits, int[] table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(indices, i);
            IntVector index = ints(at);
            IntVector magnitude = RegisterTable.select(index.lanewise(AND, mask), table);
            store(signed(index, toSign, magnitude), at);
        }
    }
}
