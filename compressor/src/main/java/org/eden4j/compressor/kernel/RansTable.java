package org.eden4j.compressor.kernel;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * The frequencies of one or two static symbol tables for range variants of asymmetric numeral systems (rANS, Duda, arXiv
 * 1311.2540, section 3), in the form that {@link CodingKernels} reads.
 *
 * <p>A symbol is an integer k, {@code |k| < }{@value #OFFSET}. With a {@link CodingKernels.Trellis} even symbols make up one
 * table and odd ones the other, and its state says which of the two the next symbol is from; without, all symbols are in the
 * first. Frequencies of a table add up to {@value #TOTAL} and are at least 1 for every symbol that it has.
 *
 * <pre>
 * encode:  x' = floor(x / f) 2^11 + x mod f + c         f the symbol's frequency, c the sum of those before it
 * decode:  x  = f floor(x' / 2^11) + x' mod 2^11 - c
 * </pre>
 *
 * <p>All entries are integers, made by {@link StrictMath}: one that differs between two machines would decode to noise.
 * Immutable.
 */
public final class RansTable {
    /** Bits of the total frequency. */
    public static final int PRECISION = 11;
    /** What the frequencies of a table add up to. */
    public static final int TOTAL = 1 << PRECISION;
    /** What is added to a symbol to make an index. */
    public static final int OFFSET = 128;
    /** Above every index. */
    public static final int INDICES = 2 * OFFSET;

    /** Where in an entry of {@link #entry} the symbol's frequency begins. */
    public static final int FREQUENCY_SHIFT = 19;
    /** Where in it the slot's place among the symbol's slots begins, of {@value #PRECISION} bits. */
    public static final int SLOT_SHIFT = 8;
    /** The bits of it that are the symbol's index. */
    public static final int INDEX_MASK = INDICES - 1;

    /** By index: frequency above 16 bits of the sum of those before. */
    private final int[] symbols = new int[INDICES];
    /** By table and slot: frequency, place within the symbol's slots, index. */
    private final int[] slots = new int[2 * TOTAL];
    private final Trellis trellis;

    /**
     * @param weights by index, in each table proportional to the symbols' probabilities; 0 for those that cannot occur
     * @param trellis what the parity of a symbol follows from: one bit of its state
     */
    public RansTable(double[] weights, Trellis trellis) {
        if (trellis == Trellis.SIXTY_FOUR) {
            throw new IllegalArgumentException("symbols follow a trellis of 8 or 32 states, got " + trellis.states());
        }
        this.trellis = trellis;
        if (trellis == Trellis.NONE) {
            fill(weights, 0, _ -> true);
        } else {
            fill(weights, 0, index -> (index & 1) == 0);
            fill(weights, 1, index -> (index & 1) == 1);
        }
    }

    private void fill(double[] weights, int table, IntPredicate member) {
        double total = 0;
        int largest = -1;
        for (int index = 0; index < INDICES; index++) {
            if (member.test(index) && weights[index] > 0) {
                total += weights[index];
                largest = largest < 0 || weights[index] > weights[largest] ? index : largest;
            }
        }
        int[] frequencies = new int[INDICES];
        int rest = TOTAL;
        for (int index = 0; index < INDICES; index++) {
            if (member.test(index) && weights[index] > 0) {
                frequencies[index] = Math.max(1, (int) Math.rint(weights[index] / total * TOTAL));
                rest -= frequencies[index];
            }
        }
        frequencies[largest] += rest;
        int before = 0;
        for (int index = 0; index < INDICES; index++) {
            int frequency = frequencies[index];
            if (frequency == 0) {
                continue;
            }
            if (frequency < 0 || frequency == TOTAL) {
                throw new AssertionError("symbol " + (index - OFFSET) + " has frequency " + frequency);
            }
            symbols[index] = frequency << Short.SIZE | before;
            for (int i = 0; i < frequency; i++) {
                slots[table * TOTAL + before + i] = frequency << FREQUENCY_SHIFT | i << SLOT_SHIFT | index;
            }
            before += frequency;
        }
    }

    /** Of {@value #TOTAL}; 0 where the symbol cannot occur. */
    public int frequency(int symbol) {
        return symbols[symbol + OFFSET] >>> Short.SIZE;
    }

    /** The frequencies of the symbols before it in its table. */
    public int before(int symbol) {
        return symbols[symbol + OFFSET] & 0xFFFF;
    }

    /** The frequency, place and index of a slot, given the state that the symbols before have led to. */
    public int entry(int slot, int state) {
        return slots[slot | trellis.parity(state) << PRECISION];
    }

    /** The symbol of a slot, given that state. */
    public int symbol(int slot, int state) {
        return (entry(slot, state) & INDEX_MASK) - OFFSET;
    }

    /** The state after a symbol, from state 0 before the first. */
    public int next(int state, int symbol) {
        return trellis.next(state, symbol);
    }

    Trellis trellis() {
        return trellis;
    }

    int[] symbols() {
        return symbols;
    }

    int[] slots() {
        return slots;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RansTable table && Arrays.equals(symbols, table.symbols) && trellis == table.trellis;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(symbols);
    }
}
