package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Look-ups in a table held in vector registers: one instruction selects from two registers by the low bits of an index,
 * and a few of them cost a quarter of a gather from memory.
 */
final class RegisterTable {
    /** Number of entries of the tables of {@link #selectSixteen}. */
    static final int SIXTEEN = 16;
    /** Number of entries of the tables of {@link #selectEight}. */
    static final int EIGHT = 8 * WIDTH;

    private RegisterTable() {}

    /** Repeats the entries until they fill one register or, if there are more, eight. */
    static int[] of(int[] entries) {
        int[] table = new int[entries.length <= WIDTH ? WIDTH : Math.max(EIGHT, entries.length)];
        for (int i = 0; i < table.length; i++) {
            table[i] = entries[i % entries.length];
        }
        return table;
    }

    /** Returns table[index mod 16], for tables of at least 16 entries or one register, if that is larger. */
    static IntVector selectSixteen(IntVector index, int[] table) {
        if (WIDTH == 16) {
            return index.selectFrom(IntVector.fromArray(INTS, table, 0));
        }
        if (WIDTH == 8) {
            return pair(index, table, 0);
        }
        return pair(index, table, 0).blend(pair(index, table, 2 * WIDTH), bit(index, 2 * WIDTH));
    }

    /** Returns table[from + index mod 8 WIDTH]. */
    static IntVector selectEight(IntVector index, int[] table, int from) {
        VectorMask<Integer> second = bit(index, 2 * WIDTH);
        IntVector low = pair(index, table, from).blend(pair(index, table, from + 2 * WIDTH), second);
        IntVector high = pair(index, table, from + 4 * WIDTH).blend(pair(index, table, from + 6 * WIDTH), second);
        return low.blend(high, bit(index, 4 * WIDTH));
    }

    /** Returns table[index] for a table of a multiple of eight registers. */
    static IntVector select(IntVector index, int[] table) {
        IntVector found = selectEight(index, table, 0);
        for (int from = EIGHT; from < table.length; from += EIGHT) {
            found = found.blend(selectEight(index, table, from), index.compare(GE, from));
        }
        return found;
    }

    /** Returns table[from + index mod 2 WIDTH]. */
    static IntVector pair(IntVector index, int[] table, int from) {
        return index.selectFrom(IntVector.fromArray(INTS, table, from),
                IntVector.fromArray(INTS, table, from + WIDTH));
    }

    private static VectorMask<Integer> bit(IntVector index, int bit) {
        return index.lanewise(AND, bit).compare(NE, 0);
    }
}
