package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.eden4j.compressor.kernel.CodingKernels.LANES;
import static org.eden4j.compressor.kernel.CodingKernels.LEAST_STATE;
import static org.eden4j.compressor.kernel.CodingKernels.ROUND;
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.MEMORY;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.store;
import static org.eden4j.compressor.kernel.RansTable.BOUNDARIES;
import static org.eden4j.compressor.kernel.RansTable.BUCKET_SHIFT;
import static org.eden4j.compressor.kernel.RansTable.FEW;
import static org.eden4j.compressor.kernel.RansTable.FREQUENCY_SHIFT;
import static org.eden4j.compressor.kernel.RansTable.INDEX_MASK;
import static org.eden4j.compressor.kernel.RansTable.OFFSET;
import static org.eden4j.compressor.kernel.RansTable.PRECISION;
import static org.eden4j.compressor.kernel.RansTable.SLOT_SHIFT;
import static org.eden4j.compressor.kernel.RansTable.TOTAL;
import static org.eden4j.compressor.kernel.VectorTrellis.SHORTS;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;

/**
 * rANS in vectors, see {@link CodingKernels#ransEncode}. Words emitted by lanes are gathered ({@code compress}) and
 * stored; the decoder loads words and distributes them ({@code expand}) to the lanes that need one.
 *
 * <p><b>Division.</b> A state divided by a frequency is below 2^20, so its float product with the reciprocal is
 * accurate to an eighth. Rounded to an integer, by adding {@link CodingKernels#ROUND} in the same operation, it is the
 * quotient or one more; the sign of the remainder tells which.
 *
 * <p><b>Whole vectors.</b> Every step depends on the previous one, so latency determines the time. If a vector has all
 * 16 lanes, their states stay in registers, and the decoder holds its lanes in reverse. A step reads the last words,
 * and the last lane the very last one; with the last lane as the first element, words can be distributed before the
 * number of words the step reads is known.
 */
final class VectorRans {
    private static final ByteOrder WIRE = ByteOrder.LITTLE_ENDIAN;
    /** The bits of the float ROUND plus an integer, less that integer. */
    private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
    /** Above this value symbols are indices. */
    private static final float TO_INDEX = ROUND + OFFSET;
    private static final IntVector REVERSED = IntVector.zero(INTS).addIndex(-1).add(WIDTH - 1);

    private final int[] indices = new int[LANES];
    private int[] states = new int[LANES];
    private int[] paths = new int[LANES];
    private RansTable table;
    private int bytes;

    private final Loop encode = (points, words, _, n, _, _) -> encode(points, n, words);
    private final Loop decode = (points, words, _, n, _, unit) -> decode(words, n, unit, points);
    private final Loop encodeWhole = (points, words, _, n, _, _) -> encodeWhole(points, n, words);
    private final Loop decodeWhole = (points, words, _, n, _, unit) -> decodeWhole(words, n, unit, points);

    int encode(long points, int n, RansTable symbols, int[] laneStates, long words) {
        table = symbols;
        states = laneStates;
        Loop.run(WIDTH == LANES ? encodeWhole : encode, points, words, 0, n, 0, 0);
        return bytes;
    }

    int decode(
            long words, int wordBytes, int n, RansTable symbols, int[] laneStates, int[] lanePaths, float unit,
            long points) {
        table = symbols;
        states = laneStates;
        paths = lanePaths;
        bytes = wordBytes;
        Loop.run(WIDTH == LANES ? decodeWhole : decode, points, words, 0, n, 0, unit);
        return bytes;
    }

    /** Returns the indices of symbols. */
    private static IntVector index(long points) {
        return floats(points).add(TO_INDEX).reinterpretAsInts().lanewise(AND, INDEX_MASK);
    }

    /**
     * Returns the state after a symbol; the entry has its frequency in the upper half and the sum of the preceding ones
     * in the lower.
     */
    private static IntVector encoded(IntVector x, IntVector symbol, IntVector frequency) {
        FloatVector reciprocal = FloatVector.broadcast(FLOATS, 1).div((FloatVector) frequency.convert(I2F, 0));
        IntVector quotient = ((FloatVector) x.convert(I2F, 0)).fma(reciprocal, FloatVector.broadcast(FLOATS, ROUND))
            .reinterpretAsInts()
            .sub(ROUND_BITS);
        IntVector rest = x.sub(quotient.mul(frequency));
        IntVector others = IntVector.broadcast(INTS, TOTAL).sub(frequency);
        IntVector next = x.add(symbol.lanewise(AND, 0xFFFF)).add(quotient.mul(others));
        return next.sub(others, rest.compare(LT, 0));
    }

    private void encodeWhole(long points, int n, long words) {
        int[] symbols = table.symbols();
        IntVector x = IntVector.fromArray(INTS, states, 0);
        long to = words;
        for (int i = n - LANES; i >= 0; i -= LANES) {
            IntVector symbol = RegisterTable.selectEight(index(at(points, i)), symbols, 0);
            IntVector frequency = symbol.lanewise(LSHR, Short.SIZE);
            VectorMask<Integer> full = x.compare(GE, frequency.lanewise(LSHL, Integer.SIZE - 1 - PRECISION));
            ((ShortVector) x.compress(full).convertShape(I2S, SHORTS, 0)).intoMemorySegment(MEMORY, at(to, 0), WIRE);
            to += (long) Short.BYTES * full.trueCount();
            x = encoded(x.lanewise(LSHR, Short.SIZE, full), symbol, frequency);
        }
        x.intoArray(states, 0);
        bytes = (int) (to - words);
    }

    private void encode(long points, int n, long words) {
        int[] symbols = table.symbols();
        int[] x16 = states;
        long to = words;
        for (int i = n - LANES; i >= 0; i -= LANES) {
            for (int lane = 0; lane < LANES; lane += WIDTH) {
                index(at(points, i + lane)).intoArray(indices, lane);
                IntVector x = IntVector.fromArray(INTS, x16, lane);
                IntVector symbol = IntVector.fromArray(INTS, symbols, 0, indices, lane);
                IntVector frequency = symbol.lanewise(LSHR, Short.SIZE);
                VectorMask<Integer> full = x.compare(GE, frequency.lanewise(LSHL, Integer.SIZE - 1 - PRECISION));
                ((ShortVector) x.compress(full).convertShape(I2S, SHORTS, 0)).intoMemorySegment(MEMORY, at(to, 0),
                        WIRE);
                to += (long) Short.BYTES * full.trueCount();
                encoded(x.lanewise(LSHR, Short.SIZE, full), symbol, frequency).intoArray(x16, lane);
            }
        }
        bytes = (int) (to - words);
    }

    private void decodeWhole(long words, int n, float unit, long points) {
        int[] slots = table.slots();
        int[] few = table.few();
        boolean isFew = few.length > 0;
        int first = table.trellis().first();
        int mask = table.trellis().states() - 1;
        // The path is shifted so that the bit that selects the table is directly above the slot bits.
        int above = PRECISION - first;
        int tap = table.trellis().tap();
        int last = table.trellis().memory() - 1;
        int input = mask == 0 ? 0 : 1 << above;
        int second = mask == 0 ? 0 : TOTAL;
        IntVector x = REVERSED.selectFrom(IntVector.fromArray(INTS, states, 0));
        IntVector path = IntVector.zero(INTS);
        int left = bytes;
        for (int i = 0; i < n && left >= 0; i += LANES) {
            long to = at(points, i);
            IntVector word = (IntVector) ShortVector.fromMemorySegment(SHORTS, MEMORY,
                    at(words, 0) + left - Short.BYTES * LANES, WIRE)
                .convertShape(S2I, INTS, 0);
            IntVector place = x.lanewise(AND, TOTAL - 1).lanewise(OR, path.lanewise(AND, second));
            IntVector slot = isFew ? fewSlots(place, few) : gathered(place, slots);
            x = slot.lanewise(LSHR, FREQUENCY_SHIFT)
                .mul(x.lanewise(LSHR, PRECISION))
                .add(slot.lanewise(LSHR, SLOT_SHIFT).lanewise(AND, TOTAL - 1));
            VectorMask<Integer> empty = x.compare(LT, LEAST_STATE);
            left -= Short.BYTES * empty.trueCount();
            IntVector taken = REVERSED.selectFrom(word).lanewise(AND, 0xFFFF).expand(empty);
            x = x.lanewise(LSHL, Short.SIZE, empty).lanewise(OR, taken);
            path = path.add(path)
                .lanewise(OR,
                        slot.lanewise(LSHL, above - 1)
                            .lanewise(XOR, path.lanewise(LSHR, tap))
                            .lanewise(XOR, path.lanewise(LSHR, last))
                            .lanewise(AND, input));
            FloatVector level = (FloatVector) REVERSED.selectFrom(slot)
                .lanewise(AND, INDEX_MASK)
                .sub(OFFSET)
                .convert(I2F, 0);
            level.mul(unit).intoMemorySegment(MEMORY, to, Lanes.NATIVE);
        }
        REVERSED.selectFrom(x).intoArray(states, 0);
        REVERSED.selectFrom(path.lanewise(LSHR, above).lanewise(AND, mask)).intoArray(paths, 0);
        bytes = left;
    }

    private IntVector gathered(IntVector place, int[] slots) {
        place.intoArray(indices, 0);
        return IntVector.fromArray(INTS, slots, 0, indices, 0);
    }

    /** Returns the entries of slots from {@link RansTable#few}. */
    private static IntVector fewSlots(IntVector place, int[] few) {
        IntVector bucket = place.lanewise(LSHR, BUCKET_SHIFT);
        IntVector symbol = RegisterTable.pair(bucket, few, 0);
        for (int i = 1; i <= BOUNDARIES; i++) {
            symbol = symbol.add(1, place.compare(GE, RegisterTable.pair(bucket, few, FEW * i)));
        }
        return RegisterTable.pair(symbol, few, FEW * (1 + BOUNDARIES))
            .add(place.lanewise(AND, TOTAL - 1).lanewise(LSHL, SLOT_SHIFT));
    }

    private void decode(long words, int n, float unit, long points) {
        int[] slots = table.slots();
        int first = table.trellis().first();
        int tap = table.trellis().tap();
        int last = table.trellis().memory() - 1;
        int mask = table.trellis().states() - 1;
        int[] x16 = states;
        int[] paths16 = paths;
        int left = bytes;
        for (int lane = 0; lane < LANES; lane += WIDTH) {
            IntVector.zero(INTS).intoArray(paths16, lane);
        }
        for (int i = 0; i < n && left >= 0; i += LANES) {
            for (int lane = LANES - WIDTH; lane >= 0; lane -= WIDTH) {
                IntVector x = IntVector.fromArray(INTS, x16, lane);
                IntVector path = IntVector.fromArray(INTS, paths16, lane);
                IntVector place = x.lanewise(AND, TOTAL - 1)
                    .lanewise(OR, path.lanewise(LSHR, first).lanewise(AND, 1).lanewise(LSHL, PRECISION));
                place.intoArray(indices, lane);
                IntVector slot = IntVector.fromArray(INTS, slots, 0, indices, lane);
                x = slot.lanewise(LSHR, FREQUENCY_SHIFT)
                    .mul(x.lanewise(LSHR, PRECISION))
                    .add(slot.lanewise(LSHR, SLOT_SHIFT).lanewise(AND, TOTAL - 1));
                IntVector index = slot.lanewise(AND, INDEX_MASK);
                store(((FloatVector) index.sub(OFFSET).convert(I2F, 0)).mul(unit), at(points, i + lane));
                IntVector taps = path.lanewise(LSHR, tap).lanewise(XOR, path.lanewise(LSHR, last));
                IntVector input = index.lanewise(LSHR, 1).lanewise(XOR, taps).lanewise(AND, 1);
                path.add(path).lanewise(OR, input).lanewise(AND, mask).intoArray(paths16, lane);
                VectorMask<Integer> empty = x.compare(LT, LEAST_STATE);
                left -= Short.BYTES * empty.trueCount();
                ShortVector taken = ShortVector.fromMemorySegment(SHORTS, MEMORY, at(words, 0) + left, WIRE);
                IntVector word = ((IntVector) taken.convertShape(S2I, INTS, 0)).lanewise(AND, 0xFFFF).expand(empty);
                x.blend(x.lanewise(LSHL, Short.SIZE).lanewise(OR, word), empty).intoArray(x16, lane);
            }
        }
        bytes = left;
    }
}
