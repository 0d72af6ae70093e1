package org.eden4j.compressor.kernel;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.F2I;
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
import static org.eden4j.compressor.kernel.Lanes.FLOATS;
import static org.eden4j.compressor.kernel.Lanes.INTS;
import static org.eden4j.compressor.kernel.Lanes.MEMORY;
import static org.eden4j.compressor.kernel.Lanes.WIDTH;
import static org.eden4j.compressor.kernel.Lanes.at;
import static org.eden4j.compressor.kernel.Lanes.floats;
import static org.eden4j.compressor.kernel.Lanes.store;
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
 * rANS in vectors, see {@link CodingKernels#ransEncode}. Lanes that give a word away are pushed together ({@code compress}) and
 * stored; the decoder loads as many words as lanes need one and spreads them ({@code expand}). A quotient is computed by the
 * float reciprocal, which is off by one at most: it is below 2^20, floats have 24 bits.
 */
final class VectorRans {
    private static final ByteOrder WIRE = ByteOrder.LITTLE_ENDIAN;

    private final int[] indices = new int[LANES];
    private int[] states = new int[LANES];
    private int[] paths = new int[LANES];
    private RansTable table;
    private int bytes;

    private final Loop encode = (points, words, _, n, _, _) -> encode(points, n, words);
    private final Loop decode = (points, words, _, n, _, unit) -> decode(words, n, unit, points);

    int encode(long points, int n, RansTable symbols, int[] laneStates, long words) {
        table = symbols;
        states = laneStates;
        Loop.run(encode, points, words, 0, n, 0, 0);
        return bytes;
    }

    int decode(
            long words, int wordBytes, int n, RansTable symbols, int[] laneStates, int[] lanePaths, float unit,
            long points) {
        table = symbols;
        states = laneStates;
        paths = lanePaths;
        bytes = wordBytes;
        Loop.run(decode, points, words, 0, n, 0, unit);
        return bytes;
    }

    private void encode(long points, int n, long words) {
        int[] symbols = table.symbols();
        float[] reciprocals = table.reciprocals();
        int[] x16 = states;
        long to = words;
        for (int i = n - LANES; i >= 0; i -= LANES) {
            for (int lane = 0; lane < LANES; lane += WIDTH) {
                IntVector index = (IntVector) floats(at(points, i + lane)).convert(F2I, 0);
                index.add(OFFSET).intoArray(indices, lane);
                IntVector x = IntVector.fromArray(INTS, x16, lane);
                IntVector symbol = IntVector.fromArray(INTS, symbols, 0, indices, lane);
                FloatVector reciprocal = FloatVector.fromArray(FLOATS, reciprocals, 0, indices, lane);
                IntVector frequency = symbol.lanewise(LSHR, Short.SIZE);
                VectorMask<Integer> full = x.compare(GE, frequency.lanewise(LSHL, Integer.SIZE - 1 - PRECISION));
                ((ShortVector) x.compress(full).convertShape(I2S, SHORTS, 0)).intoMemorySegment(MEMORY, at(to, 0),
                        WIRE);
                to += (long) Short.BYTES * full.trueCount();
                x = x.blend(x.lanewise(LSHR, Short.SIZE), full);
                IntVector quotient = (IntVector) ((FloatVector) x.convert(I2F, 0)).mul(reciprocal).convert(F2I, 0);
                IntVector rest = x.sub(quotient.mul(frequency));
                VectorMask<Integer> above = rest.compare(LT, 0);
                quotient = quotient.sub(1, above);
                rest = rest.add(frequency, above);
                VectorMask<Integer> below = rest.compare(GE, frequency);
                quotient = quotient.add(1, below);
                rest = rest.sub(frequency, below);
                x = quotient.lanewise(LSHL, PRECISION).add(rest).add(symbol.lanewise(AND, 0xFFFF));
                x.intoArray(x16, lane);
            }
        }
        bytes = (int) (to - words);
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
