package org.eden4j.compressor;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;
import static org.eden4j.compressor.Lanes.INTS;
import static org.eden4j.compressor.Lanes.WIDTH;
import static org.eden4j.compressor.Lanes.ints;
import static org.eden4j.compressor.Lanes.store;
import static org.eden4j.compressor.Lanes.storeWire;
import static org.eden4j.compressor.Lanes.wireInts;

import jdk.incubator.vector.IntVector;

/**
 * "Vertical" packing in vectors, see {@link Kernels#pack}: of each group of 32 vectors, vector k takes the bits from
 * {@code k bits} of the {@code bits} rows that the group fills.
 */
final class VectorPacking {
    private static final int GROUP = 32;

    private final Loop packWhole = (indices, payload, _, n, bits, _) -> packWhole(indices, n, bits, payload);
    private final Loop packSplit = (indices, payload, _, n, bits, _) -> packSplit(indices, n, bits, payload);
    private final Loop unpackWhole = (indices, payload, _, n, bits, _) -> unpackWhole(payload, n, bits, indices);
    private final Loop unpackSplit = (indices, payload, _, n, bits, _) -> unpackSplit(payload, n, bits, indices);
    private final Loop[] lookUps = new Loop[Codebook.MAX_BITS + 1];

    VectorPacking() {
        for (int bits = 1; bits <= Codebook.MAX_BITS; bits++) {
            int[] table = RegisterTable.of(Codebook.ofBits(bits).centroidBits());
            lookUps[bits] = table.length == WIDTH
                    ? (indices, _, _, n, b, _) -> lookUpOne(indices, n, b, table)
                    : table.length == RegisterTable.EIGHT
                            ? (indices, _, _, n, b, _) -> lookUpEight(indices, n, b, table)
                            : (indices, _, _, n, b, _) -> lookUpMany(indices, n, b, table);
        }
    }

    /** A block whose lanes are no fewer than a vector's. */
    void pack(long indices, int n, int bits, long payload) {
        Loop.run(GROUP % bits == 0 ? packWhole : packSplit, indices, payload, 0, n, bits, 0);
    }

    /** The inverse: the low {@code bits} bits of each int become an index, those above stay as they fall. */
    void unpack(long payload, int n, int bits, long indices) {
        Loop.run(GROUP % bits == 0 ? unpackWhole : unpackSplit, indices, payload, 0, n, bits, 0);
    }

    /** Indices become centroids in place: the magnitude from the table, the sign from the index's highest bit. */
    void lookUp(long indices, int n, int bits) {
        Loop.run(lookUps[bits], indices, 0, 0, n, bits, 0);
    }

    /** One row holds 32 / bits indices, and none lies in two: 1, 2, 4 and 8 bits. Four vectors a turn. */
    private static void packWhole(long indices, int n, int bits, long payload) {
        int lanes = Kernels.packLanes(n);
        long step = 4L * lanes;
        clear(payload, n * bits / GROUP);
        for (int k = 0; k < n / lanes; k += 4) {
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                long at = indices + k * step + 4L * lane;
                IntVector four = ints(at).lanewise(OR, ints(at + step).lanewise(LSHL, bits))
                    .lanewise(OR, ints(at + 2 * step).lanewise(LSHL, 2 * bits))
                    .lanewise(OR, ints(at + 3 * step).lanewise(LSHL, 3 * bits));
                long row = payload + (k * bits / GROUP) * step + 4L * lane;
                storeWire(wireInts(row).lanewise(OR, four.lanewise(LSHL, k * bits)), row);
            }
        }
    }

    /**
     * Indices that lie in two rows give each its part: 3, 5, 6 and 7 bits. All groups in turn, so that none waits for its
     * row to be written.
     */
    private static void packSplit(long indices, int n, int bits, long payload) {
        int lanes = Kernels.packLanes(n);
        long step = 4L * lanes;
        clear(payload, n * bits / GROUP);
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = payload + (k * bits / GROUP) * step;
            // What lies in one row alone is written there twice, the second time as zeros or as itself.
            long next = used + bits > GROUP ? step : 0;
            for (int group = 0; group < n; group += GROUP * lanes) {
                for (int lane = 0; lane < lanes; lane += WIDTH) {
                    IntVector index = ints(indices + k * step + 4L * (group + lane));
                    long at = row + (long) group * bits / 8 + 4L * lane;
                    storeWire(wireInts(at).lanewise(OR, index.lanewise(LSHL, used)), at);
                    storeWire(wireInts(at + next).lanewise(OR, index.lanewise(LSHR, GROUP - used)), at + next);
                }
            }
        }
    }

    private static void clear(long payload, int words) {
        IntVector zero = IntVector.zero(INTS);
        for (int word = 0; word < words; word += WIDTH) {
            storeWire(zero, payload + 4L * word);
        }
    }

    private static void unpackWhole(long payload, int n, int bits, long indices) {
        int lanes = Kernels.packLanes(n);
        long step = 4L * lanes;
        for (int k = 0; k < n / lanes; k += 4) {
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                IntVector word = wireInts(payload + (k * bits / GROUP) * step + 4L * lane).lanewise(LSHR, k * bits);
                long at = indices + k * step + 4L * lane;
                store(word, at);
                store(word.lanewise(LSHR, bits), at + step);
                store(word.lanewise(LSHR, 2 * bits), at + 2 * step);
                store(word.lanewise(LSHR, 3 * bits), at + 3 * step);
            }
        }
    }

    private static void unpackSplit(long payload, int n, int bits, long indices) {
        int lanes = Kernels.packLanes(n);
        long step = 4L * lanes;
        for (int k = 0; k < GROUP; k++) {
            int used = k * bits & GROUP - 1;
            long row = payload + (k * bits / GROUP) * step;
            // Where no second row is needed the first gives bits above the index, which are nobody's.
            long next = used + bits > GROUP ? step : 0;
            for (int group = 0; group < n; group += GROUP * lanes) {
                for (int lane = 0; lane < lanes; lane += WIDTH) {
                    long at = row + (long) group * bits / 8 + 4L * lane;
                    IntVector high = wireInts(at + next).lanewise(LSHL, GROUP - used);
                    store(wireInts(at).lanewise(LSHR, used).lanewise(OR, high),
                            indices + k * step + 4L * (group + lane));
                }
            }
        }
    }

    /** A table that fits one register. */
    private static void lookUpOne(long indices, int n, int bits, int[] table) {
        IntVector register = IntVector.fromArray(INTS, table, 0);
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = indices + 4L * i;
            IntVector index = ints(at);
            IntVector magnitude = index.lanewise(AND, mask).selectFrom(register);
            store(magnitude.lanewise(OR, index.lanewise(LSHL, toSign).lanewise(AND, ScalarKernels.SIGN)), at);
        }
    }

    /** A table of eight. */
    private static void lookUpEight(long indices, int n, int bits, int[] table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = indices + 4L * i;
            IntVector index = ints(at);
            IntVector magnitude = RegisterTable.selectEight(index.lanewise(AND, mask), table);
            store(magnitude.lanewise(OR, index.lanewise(LSHL, toSign).lanewise(AND, ScalarKernels.SIGN)), at);
        }
    }

    /** A larger one. */
    private static void lookUpMany(long indices, int n, int bits, int[] table) {
        int mask = (1 << bits - 1) - 1;
        int toSign = Integer.SIZE - bits;
        for (int i = 0; i < n; i += WIDTH) {
            long at = indices + 4L * i;
            IntVector index = ints(at);
            IntVector magnitude = RegisterTable.select(index.lanewise(AND, mask), table);
            store(magnitude.lanewise(OR, index.lanewise(LSHL, toSign).lanewise(AND, ScalarKernels.SIGN)), at);
        }
    }
}
