package org.eden4j.compressor.coding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.RansTable;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Converts the symbols of a block to bytes and back, with static tables and rANS in sixteen lanes.
 *
 * <pre>
 * bits   field
 * 1      0
 * 64     for each lane, 4 bits: length of its state, less 15
 * ...    for each lane its state without the leading one, 15 to 30 bits
 * ...    zeros up to a whole byte
 *        bytes of the tail that did not fit in the lanes
 *        words of 16 bits emitted by the lanes, in the order of encoding: the decoder reads them from the end
 *        raw bits of levels, packed as indices are
 * </pre>
 *
 * <p><b>Two stages.</b> Sixteen lanes that start empty would cost 16 states at the end, .09 bit per coordinate of a
 * block of 4,096. The last steps of the block, the <i>tail</i>, are therefore coded first, by a single coder that emits
 * bytes instead of words, and the first 240 bits of the tail are the initial states of the lanes, 15 bits each. The
 * remaining cost is the lengths of the states and the tail's own first and last state: about 100 bits per block.
 *
 * <p><b>Hostile bytes.</b> Decoding takes a number of steps that depends only on the length of the block. Payloads are
 * rejected if they have too few or too many states or words, or end in a state other than an encoder's initial one.
 * Mutable, not thread-safe; allocates nothing once it has processed its largest block.
 */
public final class EntropyCoder {
    /** Bits of the tail that initialise one lane. */
    private static final int LANE_BITS = 15;
    private static final int LENGTH_BITS = 4;
    /** Bytes of the tail that initialise all lanes. */
    private static final int LANES_BYTES = CodingKernels.LANES * LANE_BITS / Byte.SIZE;
    private static final int LEAST_STATE = RansTable.TOTAL;
    /** States of the tail's coder are below 2^19. */
    private static final int STATE_BITS = RansTable.PRECISION + Byte.SIZE;
    private static final int STATE_BYTES = 3;
    /** Largest number of bytes the tail's coder emits per symbol. */
    private static final int MOST_SYMBOL_BYTES = 2;
    /**
     * Target size of the tail: a few bits less than the lanes hold are wasted, a few more cost no more than elsewhere.
     */
    private static final double TAIL_BITS_PER_LANE = 14.5;
    private static final int FLAG_BITS = 1;
    private static final int HEAD_BITS = FLAG_BITS + CodingKernels.LANES * LENGTH_BITS;

    private final EntropyCode code;
    private final Kernels packing;
    private final CodingKernels kernels;
    private final BitStream stream = new BitStream();
    private final int[] states = new int[CodingKernels.LANES];
    private final int[] lengths = new int[CodingKernels.LANES];
    private final int[] paths = new int[CodingKernels.LANES];
    /** The tail, last byte first; the decoder reads it in this order. */
    private byte[] tail = new byte[0];
    /** Capacity of the tail in bytes; the array has a few more, which are read and written in advance. */
    private int tailRoom;
    private int tailBytes;
    private MemorySegment words = MemorySegment.NULL;
    /** The raw bits of the levels, and their coded parts if there are raw bits. */
    private MemorySegment rawBits = MemorySegment.NULL;
    private MemorySegment symbols = MemorySegment.NULL;
    private int size;

    public EntropyCoder(EntropyCode code, Kernels kernels) {
        this.code = code;
        packing = kernels;
        this.kernels = kernels.coding();
    }

    private void ensure(int n) {
        if (n <= size) {
            return;
        }
        words = Arena.ofAuto().allocate(2L * CodingKernels.WORD_MARGIN + (long) Short.BYTES * n, 64);
        if (code.rawBits() > 0) {
            rawBits = Arena.ofAuto().allocate(4L * n, 64);
            symbols = Arena.ofAuto().allocate(4L * n, 64);
        }
        // A tail that contains all steps has at most 11 bits per symbol.
        tailRoom = STATE_BYTES + LANES_BYTES + MOST_SYMBOL_BYTES * CodingKernels.LANES * tailSteps(n);
        tail = new byte[tailRoom + MOST_SYMBOL_BYTES];
        size = n;
    }

    /** Returns the number of steps coded in the tail. */
    private int tailSteps(int n) {
        return Math.min(n / CodingKernels.LANES, (int) Math.ceil(TAIL_BITS_PER_LANE / code.codedBits()));
    }

    /**
     * Sets points[i] to the symbol of a coordinate.
     *
     * @param y float32[n], unchanged
     * @param toUnitVariance factor that scales y to unit variance
     */
    public void quantize(MemorySegment y, int n, float toUnitVariance, MemorySegment points) {
        ensure(n);
        if (code.trellis() != Trellis.NONE) {
            float quarter = (float) (toUnitVariance / code.step() / 4);
            kernels.latticeTrellis(code.trellis(), y, n, quarter, (code.largest() - 2) / 4f, points);
        } else {
            kernels.deadZone(y, n, toUnitVariance, (float) code.step(), points);
        }
    }

    /**
     * Encodes the levels.
     *
     * @param points result of {@link #quantize}
     * @param room largest number of bytes to write
     * @return number of bytes written, or -1 if there was not enough room; nothing is written then
     */
    public int encode(MemorySegment points, int n, MemorySegment payload, long offset, int room) {
        ensure(n);
        MemorySegment coded = code.rawBits() == 0 ? points : split(points, n);
        int main = n - CodingKernels.LANES * tailSteps(n);
        encodeTail(coded, main, n);
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            states[lane] = CodingKernels.LEAST_STATE | tailBits(lane);
        }
        int wordBytes = kernels.ransEncode(coded, main, code.table(), states, words);
        int bits = HEAD_BITS;
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            lengths[lane] = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(states[lane]);
            bits += lengths[lane];
        }
        int extra = Math.max(0, tailBytes - LANES_BYTES);
        int head = BitStream.bytes(bits);
        int bytes = head + extra + wordBytes + rawBytes(n);
        if (bytes > room) {
            return -1;
        }
        stream.reset(payload, offset);
        stream.write(0, FLAG_BITS);
        for (int length : lengths) {
            stream.write(length - LANE_BITS, LENGTH_BITS);
        }
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            stream.write(states[lane] - (1 << lengths[lane]), lengths[lane]);
        }
        stream.flush();
        for (int i = 0; i < extra; i++) {
            payload.set(ValueLayout.JAVA_BYTE, offset + head + i, tail[LANES_BYTES + i]);
        }
        MemorySegment.copy(words, CodingKernels.WORD_MARGIN, payload, offset + head + extra, wordBytes);
        if (code.rawBits() > 0) {
            packing.pack(rawBits, n, code.rawBits(), payload, offset + head + extra + wordBytes);
        }
        return bytes;
    }

    private int rawBytes(int n) {
        return n * code.rawBits() / Byte.SIZE;
    }

    /** Splits levels into raw bits and the coded parts, which are returned. */
    private MemorySegment split(MemorySegment points, int n) {
        int mask = (1 << code.rawBits()) - 1;
        for (int i = 0; i < n; i++) {
            int level = (int) points.getAtIndex(ScalarKernels.FLOAT, i);
            symbols.setAtIndex(ScalarKernels.FLOAT, i, EntropyCode.coded(level, code.rawBits()));
            rawBits.setAtIndex(ScalarKernels.INT, i, level >> 1 & mask);
        }
        return symbols;
    }

    /** Reverses {@link #split}; the parity of a level follows from the preceding ones. */
    private void join(int n, float unit, MemorySegment points) {
        Arrays.fill(paths, 0);
        for (int i = 0; i < n; i++) {
            int lane = i & CodingKernels.LANES - 1;
            int half = ((int) symbols.getAtIndex(ScalarKernels.FLOAT, i) << code.rawBits())
                    + rawBits.getAtIndex(ScalarKernels.INT, i);
            int level = 2 * half + code.trellis().parity(paths[lane]);
            paths[lane] = code.trellis().next(paths[lane], level);
            points.setAtIndex(ScalarKernels.FLOAT, i, level * unit);
        }
    }

    /** Encodes the steps of all lanes from coordinate {@code first} with one coder, last to first. */
    private void encodeTail(MemorySegment points, int first, int n) {
        RansTable table = code.table();
        int at = tail.length;
        int x = LEAST_STATE;
        for (int i = n - 1; i >= first; i--) {
            int symbol = (int) points.getAtIndex(ScalarKernels.FLOAT, i);
            int frequency = table.frequency(symbol);
            // Writes both bytes and keeps as many as x is too large by: a branch here would be mispredicted half of the
            // time.
            tail[at - 1] = (byte) x;
            tail[at - 2] = (byte) (x >>> Byte.SIZE);
            int bytes = isAtLeast(x, frequency << Byte.SIZE) + isAtLeast(x, frequency << 2 * Byte.SIZE);
            at -= bytes;
            x >>>= Byte.SIZE * bytes;
            x += table.quotient(x, symbol) * (RansTable.TOTAL - frequency) + table.before(symbol);
        }
        for (int i = STATE_BYTES - 1; i >= 0; i--) {
            tail[--at] = (byte) (x >>> Byte.SIZE * i);
        }
        tailBytes = tail.length - at;
        System.arraycopy(tail, at, tail, 0, tailBytes);
        if (tailBytes < LANES_BYTES) {
            Arrays.fill(tail, tailBytes, LANES_BYTES, (byte) 0);
        }
    }

    /** Returns 1 or 0, for numbers of up to 30 bits. */
    private static int isAtLeast(int x, int bound) {
        return bound - 1 - x >>> Integer.SIZE - 1;
    }

    /** Returns the bits of the tail that initialise a lane. */
    private int tailBits(int lane) {
        int from = lane * LANE_BITS;
        int bits = 0;
        for (int i = from >> 3; i <= from + LANE_BITS - 1 >> 3; i++) {
            bits |= (tail[i] & 0xFF) << 8 * (i - (from >> 3));
        }
        return bits >>> (from & 7) & CodingKernels.LEAST_STATE - 1;
    }

    /**
     * Sets points[i] to {@code unit} times the level of a coordinate, as {@link #quantize} chose it.
     *
     * @param bytes number of bytes of the payload
     * @throws MalformedPayloadException if no encoder produces these bytes
     */
    public void decode(MemorySegment payload, long offset, int bytes, int n, float unit, MemorySegment points) {
        ensure(n);
        int codedBytes = bytes - rawBytes(n);
        int head = readHead(payload, offset, codedBytes);
        int wordBytes = codedBytes - head;
        if (wordBytes > words.byteSize() - 2 * CodingKernels.WORD_MARGIN) {
            throw malformed(codedBytes, "more than its symbols can have");
        }
        MemorySegment.copy(payload, offset + head, words, CodingKernels.WORD_MARGIN, wordBytes);
        boolean whole = code.rawBits() == 0;
        MemorySegment coded = whole ? points : symbols;
        float codedUnit = whole ? unit : 1;
        int main = n - CodingKernels.LANES * tailSteps(n);
        int extra = kernels.ransDecode(words, wordBytes, main, code.table(), states, paths, codedUnit,
                coded);
        if (extra < 0) {
            throw malformed(codedBytes, "too few for its symbols");
        }
        if (LANES_BYTES + extra > tailRoom) {
            throw malformed(codedBytes, (LANES_BYTES + extra - tailRoom) + " more than its symbols can have");
        }
        takeTail(extra);
        decodeTail(coded, main, n, codedUnit, codedBytes);
        if (!whole) {
            packing.unpackIndices(payload, offset + codedBytes, n, code.rawBits(), rawBits);
            join(n, unit, points);
        }
    }

    /** Reads the states of all lanes and returns the number of bytes they occupy. */
    private int readHead(MemorySegment payload, long offset, int bytes) {
        if (bytes < BitStream.bytes(HEAD_BITS)) {
            throw malformed(bytes, "too few for the lengths of states");
        }
        stream.reset(payload, offset);
        stream.read(FLAG_BITS);
        int bits = HEAD_BITS;
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            lengths[lane] = LANE_BITS + stream.read(LENGTH_BITS);
            bits += lengths[lane];
        }
        int head = BitStream.bytes(bits);
        if (bytes < head) {
            throw malformed(bytes, "too few for states of " + bits + " bits");
        }
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            states[lane] = 1 << lengths[lane] | stream.read(lengths[lane]);
        }
        int padding = stream.read(8 * head - bits);
        if (padding != 0) {
            throw new MalformedPayloadException("payload pads the states of lanes with " + padding + ", expected 0");
        }
        return head;
    }

    /** Assembles the tail from the final states of the lanes and the remaining bytes. */
    private void takeTail(int extra) {
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            if (states[lane] >= 2 * CodingKernels.LEAST_STATE) {
                throw new MalformedPayloadException("payload leaves lane " + lane + " in state " + states[lane]
                        + ", expected one below " + 2 * CodingKernels.LEAST_STATE);
            }
        }
        Arrays.fill(tail, 0, LANES_BYTES, (byte) 0);
        for (int lane = 0; lane < CodingKernels.LANES; lane++) {
            int from = lane * LANE_BITS;
            int bits = (states[lane] & CodingKernels.LEAST_STATE - 1) << (from & 7);
            for (int i = from >> 3; bits != 0; i++) {
                tail[i] |= (byte) bits;
                bits >>>= 8;
            }
        }
        for (int i = 0; i < extra; i++) {
            tail[LANES_BYTES + i] = words.get(ValueLayout.JAVA_BYTE, CodingKernels.WORD_MARGIN + i);
        }
        tailBytes = LANES_BYTES + extra;
    }

    private void decodeTail(MemorySegment points, int first, int n, float unit, int bytes) {
        RansTable table = code.table();
        int at = STATE_BYTES;
        int x = tail[0] & 0xFF | (tail[1] & 0xFF) << 8 | (tail[2] & 0xFF) << 16;
        if (x >= 1 << STATE_BITS) {
            throw new MalformedPayloadException(
                    "payload's last steps begin with state " + x + ", expected one below " + (1 << STATE_BITS));
        }
        for (int i = first; i < n; i++) {
            int lane = i & CodingKernels.LANES - 1;
            int slot = x & RansTable.TOTAL - 1;
            int entry = table.entry(slot, paths[lane]);
            int symbol = (entry & RansTable.INDEX_MASK) - RansTable.OFFSET;
            paths[lane] = table.next(paths[lane], symbol);
            points.setAtIndex(ScalarKernels.FLOAT, i, symbol * unit);
            x = (entry >>> RansTable.FREQUENCY_SHIFT) * (x >>> RansTable.PRECISION)
                    + (entry >>> RansTable.SLOT_SHIFT & RansTable.TOTAL - 1);
            // No byte from 2^11 on, one from 2^3 on, otherwise two; x is below 2^19.
            int missingBits = Integer.numberOfLeadingZeros(x) - (Integer.SIZE - STATE_BITS) & 3 * Byte.SIZE;
            int next = (tail[at] & 0xFF) << Byte.SIZE | tail[at + 1] & 0xFF;
            x = x << missingBits | next >>> 2 * Byte.SIZE - missingBits;
            at += missingBits / Byte.SIZE;
            if (at > tailBytes) {
                throw malformed(bytes, "too few for its last steps");
            }
        }
        int left = at;
        while (left < tailBytes && tailBytes == LANES_BYTES && tail[left] == 0) {
            left++; // room that the tail did not need
        }
        if (x != LEAST_STATE || left < tailBytes) {
            throw new MalformedPayloadException("payload ends in state " + x + " with " + (tailBytes - at)
                    + " bytes left over, expected " + LEAST_STATE + " and none: it was damaged");
        }
    }

    private static MalformedPayloadException malformed(int bytes, String fact) {
        return new MalformedPayloadException("payload has " + bytes + " bytes of coded symbols, " + fact);
    }
}
