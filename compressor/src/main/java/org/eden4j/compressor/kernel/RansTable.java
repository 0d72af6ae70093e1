package org.eden4j.compressor.kernel;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * The frequencies of one or two static symbol tables for the range variant of asymmetric numeral systems (rANS, Duda,
 * arXiv 1311.2540, section 3), in the form used by {@link CodingKernels}.
 *
 * <p>A symbol is an integer k, {@code |k| < }{@value #OFFSET}. With a {@link CodingKernels.Trellis} even symbols form
 * one table and odd symbols the other, and the state determines the table of the next symbol; without one, all symbols
 * are in the first table. The frequencies of a table add up to {@value #TOTAL} and are at least 1 for every symbol in
 * it.
 *
 * <pre>
 * encode:  x' = floor(x / f) 2^11 + x mod f + c         f the symbol's frequency, c the sum of those before it
 * decode:  x  = f floor(x' / 2^11) + x' mod 2^11 - c
 * </pre>
 *
 * <p><b>Few symbols.</b> A gather from 4,096 slots takes as long as a step otherwise does. Up to about two bits per
 * symbol all tables fit vector registers instead, see {@link #few}: a slot's symbol is the first of its bucket plus the
 * number of boundaries between the two.
 *
 * <p>All entries are integers computed with {@link StrictMath}: an entry that differs between two machines would decode
 * to noise. Immutable.
 */
public final class RansTable {
    /** Number of bits of the total frequency. */
    public static final int PRECISION = 11;
    /** Sum of the frequencies of a table. */
    public static final int TOTAL = 1 << PRECISION;
    /** Offset from a symbol to its index. */
    public static final int OFFSET = 64;
    /** Upper limit of indices, exclusive. */
    public static final int INDICES = 2 * OFFSET;

    /** Position of the symbol's frequency in an {@link #entry}. */
    public static final int FREQUENCY_SHIFT = 19;
    /** Position of the slot's rank among the symbol's slots in an entry, {@value #PRECISION} bits wide. */
    public static final int SLOT_SHIFT = 8;
    /** Mask of the symbol's index in an entry. */
    public static final int INDEX_MASK = INDICES - 1;

    /** Largest number of symbols of both tables together, and number of buckets, of {@link #few}. */
    static final int FEW = 32;
    /** Number of boundaries between symbols in a bucket. */
    static final int BOUNDARIES = 4;
    /** Number of slots of a bucket, as a power of two. */
    static final int BUCKET_SHIFT = 7;

    /** Frequency above 16 bits of the sum of the preceding frequencies, by index. */
    private final int[] symbols = new int[INDICES];
    /** 2^32 divided by the frequency, rounded up or increased by 1, by index. */
    private final long[] reciprocals = new long[INDICES];
    /** Frequency, rank within the symbol's slots and index, by table and slot. */
    private final int[] slots = new int[2 * TOTAL];
    private final int[] few;
    private final Trellis trellis;

    /**
     * Creates the tables.
     *
     * @param weights proportional to the symbols' probabilities in each table, by index; 0 for symbols that cannot
     *         occur
     * @param trellis determines the parity of a symbol by one bit of its state
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
        few = fewSymbols();
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
            reciprocals[index] = (1L << Integer.SIZE) / frequency + 1;
            for (int i = 0; i < frequency; i++) {
                slots[table * TOTAL + before + i] = frequency << FREQUENCY_SHIFT | i << SLOT_SHIFT | index;
            }
            before += frequency;
        }
    }

    /** Returns the content of {@link #few}. */
    private int[] fewSymbols() {
        int tables = trellis == Trellis.NONE ? 1 : 2;
        int[] registers = new int[(2 + BOUNDARIES) * FEW];
        Arrays.fill(registers, FEW, (1 + BOUNDARIES) * FEW, Integer.MAX_VALUE);
        int[] boundaries = new int[FEW];
        int symbol = -1;
        for (int place = 0; place < tables * TOTAL; place++) {
            int bucket = place >> BUCKET_SHIFT;
            if (place == 0 || (slots[place] & INDEX_MASK) != (slots[place - 1] & INDEX_MASK)) {
                symbol++;
                boolean inside = (place & (1 << BUCKET_SHIFT) - 1) != 0;
                if (symbol == FEW || inside && boundaries[bucket] == BOUNDARIES) {
                    return new int[0];
                }
                registers[(1 + BOUNDARIES) * FEW + symbol] = slots[place] - ((place & TOTAL - 1) << SLOT_SHIFT);
                if (inside) {
                    registers[(1 + boundaries[bucket]++) * FEW + bucket] = place;
                }
            }
            if ((place & (1 << BUCKET_SHIFT) - 1) == 0) {
                registers[bucket] = symbol;
            }
        }
        return registers;
    }

    /** Returns the symbol's frequency out of {@value #TOTAL}; 0 if it cannot occur. */
    public int frequency(int symbol) {
        return symbols[symbol + OFFSET] >>> Short.SIZE;
    }

    /** Returns x divided by the symbol's frequency, for x below 2^21: a division takes three times as long. */
    public int quotient(int x, int symbol) {
        return (int) (x * reciprocals[symbol + OFFSET] >>> Integer.SIZE);
    }

    /** Returns the sum of the frequencies of the preceding symbols in its table. */
    public int before(int symbol) {
        return symbols[symbol + OFFSET] & 0xFFFF;
    }

    /** Returns frequency, rank and index of a slot, in the state reached by the preceding symbols. */
    public int entry(int slot, int state) {
        return slots[slot | trellis.parity(state) << PRECISION];
    }

    /** Returns the symbol of a slot in that state. */
    public int symbol(int slot, int state) {
        return (entry(slot, state) & INDEX_MASK) - OFFSET;
    }

    /** Returns the state after a symbol; the state before the first symbol is 0. */
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

    /**
     * Returns the slots as {@value #FEW} ints each of: the numbers of the symbols at the beginning of buckets, over both
     * tables in ascending order; {@value #BOUNDARIES} times a slot within each bucket at which the next symbol begins, or
     * a number above all slots; by number of the symbol, its first slot's entry, less the rank that the slot would have
     * if the symbol had all slots of its table. Empty if there are more symbols or more boundaries in a bucket.
     */
    int[] few() {
        return few;
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
