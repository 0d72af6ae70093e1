package org.eden4j.compressor;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.eden4j.compressor.Lanes.FLOATS;
import static org.eden4j.compressor.Lanes.INTS;
import static org.eden4j.compressor.Lanes.VECTOR;
import static org.eden4j.compressor.Lanes.WIDTH;
import static org.eden4j.compressor.Lanes.at;
import static org.eden4j.compressor.Lanes.distance;
import static org.eden4j.compressor.Lanes.ints;
import static org.eden4j.compressor.Lanes.store;
import static org.eden4j.compressor.Lanes.storeWire;
import static org.eden4j.compressor.Lanes.wireInts;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * "Vertical" packing in vectors, see {@link Kernels#pack}: of each group of 32 vectors, vector k takes the bits from
 * {@code k bits} of the {@code bits} rows that the group fills.
 */
final class VectorPacking {
    private static final int GROUP = 32;
    private static final int LANES = 16;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, FLOATS.vectorShape());
    /** In each half of an int: an index of eight bits. */
    private static final IntVector TWO_BYTES = IntVector.broadcast(INTS, 0xFF00FF);
    private static final IntVector LOW_HALF = IntVector.broadcast(INTS, 0xFFFF);
    private static final IntVector HIGH_HALF = IntVector.broadcast(INTS, 0xFFFF0000);
    private static final IntVector TWO_SIGNS = IntVector.broadcast(INTS, 0x80008000);

    private final Loop packWhole = (indices, payload, _, n, bits, _) -> packWhole(indices, n, bits, payload);
    private final Loop packSplit = (indices, payload, _, n, bits, _) -> packSplit(indices, n, bits, payload);
    private final Loop[] unpacks = new Loop[Codebook.MAX_BITS + 1];
    private final Loop[] lookUps = new Loop[Codebook.MAX_BITS + 1];
    /** Bit widths whose look-up is part of the unpacking. */
    private final boolean[] looksUp = new boolean[Codebook.MAX_BITS + 1];

    VectorPacking() {
        for (int bits = 1; bits <= Codebook.MAX_BITS; bits++) {
            int[] magnitudes = Codebook.ofBits(bits).centroidBits();
            int[] table = RegisterTable.of(magnitudes);
            int[] signed = signed(magnitudes);
            boolean small = signed.length == RegisterTable.SIXTEEN;
            boolean bytes = bits == Byte.SIZE && WIDTH == LANES;
            boolean whole = GROUP % bits == 0;
            unpacks[bits] = bytes ? unpackBytes(table)
                    : small && whole
                            ? (centroids, payload, _, n, b, _) -> unpackWhole(payload, n, b, signed, centroids)
                            : small
                                    ? (centroids, payload, _, n, b, _) -> unpackSplit(payload, n, b, signed, centroids)
                                    : whole
                                            ? (indices, payload, _, n, b, _) -> unpackWhole(payload, n, b, indices)
                                            : (indices, payload, _, n, b, _) -> unpackSplit(payload, n, b, indices);
            lookUps[bits] = small
                    ? (indices, _, _, n, _, _) -> lookUpSmall(indices, n, signed)
                    : table.length == WIDTH
                            ? (indices, _, _, n, b, _) -> lookUpOne(indices, n, b, table)
                            : table.length == RegisterTable.EIGHT
                                    ? (indices, _, _, n, b, _) -> lookUpEight(indices, n, b, table)
                                    : (indices, _, _, n, b, _) -> lookUpMany(indices, n, b, table);
            looksUp[bits] = small || bytes;
        }
    }

    /** Both signs of all magnitudes, by index, repeated until they are sixteen or more. */
    private static int[] signed(int[] magnitudes) {
        int count = magnitudes.length;
        int[] table = new int[Math.max(RegisterTable.SIXTEEN, 2 * count)];
        for (int i = 0; i < table.length; i++) {
            table[i] = magnitudes[i % count] | ((i & count) == 0 ? 0 : ScalarKernels.SIGN);
        }
        return table;
    }

    /** A block whose lanes are no fewer than a vector's. */
    void pack(long indices, int n, int bits, long payload) {
        Loop.run(GROUP % bits == 0 ? packWhole : packSplit, indices, payload, 0, n, bits, 0);
    }

    /** Packed indices become centroids. */
    void unpack(long payload, int n, int bits, long centroids) {
        Loop.run(unpacks[bits], centroids, payload, 0, n, bits, 0);
        if (!looksUp[bits]) {
            lookUp(centroids, n, bits);
        }
    }

    /** Indices become centroids in place: the magnitude from the table, the sign from the index's highest bit. */
    void lookUp(long indices, int n, int bits) {
        Loop.run(lookUps[bits], indices, 0, 0, n, bits, 0);
    }

    /** One row holds 32 / bits indices, and none lies in two: 1, 2, 4 and 8 bits. Four vectors a turn. */
    private static void packWhole(long indices, int n, int bits, long payload) {
        int lanes = Kernels.packLanes(n);
        long step = distance(lanes);
        for (int k = 0; k < n / lanes; k += 4) {
            // The first turn of a row finds old bits there: they go.
            int kept = (k * bits & GROUP - 1) == 0 ? 0 : -1;
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                long at = at(indices, k * lanes + lane);
                IntVector four = ints(at).lanewise(OR, ints(at + step).lanewise(LSHL, bits))
                    .lanewise(OR, ints(at + 2 * step).lanewise(LSHL, 2 * bits))
                    .lanewise(OR, ints(at + 3 * step).lanewise(LSHL, 3 * bits));
                long row = at(payload, k * bits / GROUP * lanes + lane);
                storeWire(wireInts(row).lanewise(AND, kept).lanewise(OR, four.lanewise(LSHL, k * bits)), row);
            }
        }
    }

    /**
     * Indices that lie in two rows give each its part: 3, 5, 6 and 7 bits. All groups in turn, so that none waits for its
     * row to be written.
     */
    private static void packSplit(long indices, int n, int bits, long payload) {
        int lanes = Kernels.packLanes(n);
        long step = distance(lanes);
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            // Old bits go from the row that starts with this index, or with the rest of it.
            int kept = used == 0 ? 0 : -1;
            int keptOfNext = used + bits > GROUP ? 0 : -1;
            long row = at(payload, k * bits / GROUP * lanes);
            // What lies in one row alone is written there twice, the second time as zeros or as itself.
            long next = used + bits > GROUP ? step : 0;
            for (int group = 0; group < n; group += GROUP * lanes) {
                for (int lane = 0; lane < lanes; lane += WIDTH) {
                    IntVector index = ints(at(indices, k * lanes + group + lane));
                    long at = at(row, group / GROUP * bits + lane);
                    IntVector low = index.lanewise(LSHL, used);
                    storeWire(wireInts(at).lanewise(AND, kept).lanewise(OR, low), at);
                    IntVector high = index.lanewise(LSHR, GROUP - used);
                    storeWire(wireInts(at + next).lanewise(AND, keptOfNext).lanewise(OR, high), at + next);
                }
            }
        }
    }

    /** The low {@code bits} bits of each int become an index, those above stay as they fall. */
    private static void unpackWhole(long payload, int n, int bits, long indices) {
        int lanes = Kernels.packLanes(n);
        long step = distance(lanes);
        for (int k = 0; k < n / lanes; k += 4) {
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                IntVector word = wireInts(at(payload, k * bits / GROUP * lanes + lane)).lanewise(LSHR, k * bits);
                long at = at(indices, k * lanes + lane);
                store(word, at);
                store(word.lanewise(LSHR, bits), at + step);
                store(word.lanewise(LSHR, 2 * bits), at + 2 * step);
                store(word.lanewise(LSHR, 3 * bits), at + 3 * step);
            }
        }
    }

    /** The same with the look-up of up to 16 centroids: bits above the index pick one of its repetitions. */
    private static void unpackWhole(long payload, int n, int bits, int[] signed, long centroids) {
        int lanes = Kernels.packLanes(n);
        long step = distance(lanes);
        for (int k = 0; k < n / lanes; k += 4) {
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                IntVector word = wireInts(at(payload, k * bits / GROUP * lanes + lane)).lanewise(LSHR, k * bits);
                long at = at(centroids, k * lanes + lane);
                store(RegisterTable.selectSixteen(word, signed), at);
                store(RegisterTable.selectSixteen(word.lanewise(LSHR, bits), signed), at + step);
                store(RegisterTable.selectSixteen(word.lanewise(LSHR, 2 * bits), signed), at + 2 * step);
                store(RegisterTable.selectSixteen(word.lanewise(LSHR, 3 * bits), signed), at + 3 * step);
            }
        }
    }

    /** Eight bits at 512: 128 magnitudes by halves of 16 bits, which are looked up for 32 coordinates at a time. */
    private static Loop unpackBytes(int[] table) {
        short[] low = new short[table.length];
        short[] high = new short[table.length];
        for (int k = 0; k < table.length; k++) {
            low[k] = (short) table[k];
            high[k] = (short) (table[k] >>> Short.SIZE);
        }
        return (centroids, payload, _, n, _, _) -> unpackBytes(payload, n, low, high, centroids);
    }

    /** The four bytes of a word are the indices of coordinates l, l + 16, l + 32 and l + 48: two of them a turn. */
    private static void unpackBytes(long payload, int n, short[] low, short[] high, long centroids) {
        for (int i = 0; i < n; i += 2 * LANES) {
            int odd = i / (2 * LANES) & 1;
            IntVector indices = wireInts(at(payload, i / (4 * LANES) * LANES)).lanewise(LSHR, 8 * odd).and(TWO_BYTES);
            long to = at(centroids, (i & -4 * LANES) + odd * LANES);
            IntVector lows = halves(indices, low);
            IntVector highs = halves(indices, high).or(indices.lanewise(LSHL, 8).and(TWO_SIGNS));
            store(lows.and(LOW_HALF).or(highs.lanewise(LSHL, 16)), to);
            store(lows.lanewise(LSHR, 16).or(highs.and(HIGH_HALF)), to + 2 * VECTOR);
        }
    }

    /** table[index mod 128] for the index in each half. */
    private static IntVector halves(IntVector indices, short[] table) {
        ShortVector index = indices.reinterpretAsShorts();
        ShortVector first = index.selectFrom(ShortVector.fromArray(SHORTS, table, 0),
                ShortVector.fromArray(SHORTS, table, 2 * LANES));
        ShortVector second = index.selectFrom(ShortVector.fromArray(SHORTS, table, 4 * LANES),
                ShortVector.fromArray(SHORTS, table, 6 * LANES));
        return first.blend(second, index.and((short) 64).compare(NE, (short) 0)).reinterpretAsInts();
    }

    private static void unpackSplit(long payload, int n, int bits, long indices) {
        int lanes = Kernels.packLanes(n);
        long step = distance(lanes);
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = at(payload, k * bits / GROUP * lanes);
            // Where no second row is needed the first gives bits above the index, which are nobody's.
            long next = used + bits > GROUP ? step : 0;
            for (int group = 0; group < n; group += GROUP * lanes) {
                for (int lane = 0; lane < lanes; lane += WIDTH) {
                    IntVector index = split(at(row, group / GROUP * bits + lane), next, used);
                    store(index, at(indices, k * lanes + group + lane));
                }
            }
        }
    }

    /** The same with the look-up of up to 16 centroids. */
    private static void unpackSplit(long payload, int n, int bits, int[] signed, long centroids) {
        int lanes = Kernels.packLanes(n);
        long step = distance(lanes);
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = at(payload, k * bits / GROUP * lanes);
            long next = used + bits > GROUP ? step : 0;
            for (int group = 0; group < n; group += GROUP * lanes) {
                for (int lane = 0; lane < lanes; lane += WIDTH) {
                    IntVector index = split(at(row, group / GROUP * bits + lane), next, used);
                    store(RegisterTable.selectSixteen(index, signed), at(centroids, k * lanes + group + lane));
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

    /** Up to 16 centroids. */
    private static void lookUpSmall(long indices, int n, int[] signed) {
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(indices, i);
            store(RegisterTable.selectSixteen(ints(at), signed), at);
        }
    }

    /** A table of magnitudes that fits one register. */
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

    /** A table of eight. */
    private static void lookUpEight(long indices, int n, int bits, int[] table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = at(indices, i);
            IntVector index = ints(at);
            IntVector magnitude = RegisterTable.selectEight(index.lanewise(AND, mask), table);
            store(signed(index, toSign, magnitude), at);
        }
    }

    /** A larger one. */
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
