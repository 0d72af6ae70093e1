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
 * Symbols of a block to bytes and back, by static tables and rANS in sixteen lanes.
 *
 * <pre>
 * bits   field
 * 1      0
 * 64     for each lane, 4 bits: length of its state, less 15
 * ...    for each lane its state without the leading one, 15 to 30 bits
 * ...    zeros up to a whole byte
 *        bytes of the tail that the lanes had no room for
 *        words of 16 bits that the lanes gave away, in the order of encoding: the decoder takes them from the end
 *        raw bits of levels, packed as indices are
 * </pre>
 *
 * <p><b>Two stages.</b> Sixteen lanes cost 16 states at the end, .09 bit per coordinate of a block of 4,096, if they begin
 * empty. So the last steps of the block, the <i>tail</i>, are coded first, by a single coder with bytes instead of words, and its
 * first 240 bits are what the lanes begin with, 15 in each. What is left of the cost is the length of states, the tail's own
 * first and last state: about 100 bits per block.
 *
 * <p><b>Hostile bytes.</b> A block takes a number of steps that depends on its length alone; states and words that are too few, left
 * over, or end in another state than an encoder begins with are refused. Mutable, not thread-safe; allocates nothing once it has
 * met its largest block.
 */
public final class EntropyCoder {
    /** Bits that a lane takes over from the tail. */
    private static final int LANE_BITS = 15;
    private static final int LENGTH_BITS = 4;
    /** Bytes that all lanes take over. */
    private static final int LANES_BYTES = CodingKernels.LANES * LANE_BITS / Byte.SIZE;
    /** The tail's last state: below 2^19. */
    private static final int STATE_BYTES = 3;
    private static final int LEAST_STATE = RansTable.TOTAL;
    /** The most bytes that the tail's coder gives away for a symbol. */
    private static final int MOST_SYMBOL_BYTES = 2;
    /** Bits that the tail should have: a few less than the lanes take over may be wasted, a few more cost what they are worth. */
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
    /** Bytes that it may have; the array has a few more, which are read and written in advance. */
    private int tailRoom;
    private int tailBytes;
    private MemorySegment words = MemorySegment.NULL;
    /** What is not coded of the levels, and what is, where that is not all. */
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
        // A tail of all steps has at most 11 bits a symbol.
        tailRoom = STATE_BYTES + LANES_BYTES + MOST_SYMBOL_BYTES * CodingKernels.LANES * tailSteps(n);
        tail = new byte[tailRoom + MOST_SYMBOL_BYTES];
        size = n;
    }

    /** Steps that are coded in the tail. */
    private int tailSteps(int n) {
        return Math.min(n / CodingKernels.LANES, (int) Math.ceil(TAIL_BITS_PER_LANE / code.codedBits()));
    }

    /**
     * points[i] becomes the symbol of a coordinate.
     *
     * @param y float32[n], unchanged
     * @param toUnitVariance brings y to unit variance
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
     * Writes the levels.
     *
     * @param points of {@link #quantize}
     * @param room the most bytes that may be written
     * @return bytes written, or -1 if there was not enough room: nothing was written then
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

    /** Levels to what is coded of them, returned, and raw bits. */
    private MemorySegment split(MemorySegment points, int n) {
        int mask = (1 << code.rawBits()) - 1;
        for (int i = 0; i < n; i++) {
            int level = (int) points.getAtIndex(ScalarKernels.FLOAT, i);
            symbols.setAtIndex(ScalarKernels.FLOAT, i, EntropyCode.coded(level, code.rawBits()));
            rawBits.setAtIndex(ScalarKernels.INT, i, level >> 1 & mask);
        }
        return symbols;
    }

    /** The reverse: the parity of a level follows from those before. */
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

    /** One coder for the steps of all lanes from coordinate {@code first} on, last to first. */
    private void encodeTail(MemorySegment points, int first, int n) {
        RansTable table = code.table();
        int at = tail.length;
        int x = LEAST_STATE;
        for (int i = n - 1; i >= first; i--) {
            int symbol = (int) points.getAtIndex(ScalarKernels.FLOAT, i);
            int frequency = table.frequency(symbol);
            // Both bytes are written, and as many are kept as x is too large by: a branch here is guessed wrong half of the time.
            tail[at - 1] = (byte) x;
            tail[at - 2] = (byte) (x >>> Byte.SIZE);
            int bytes = isAtLeast(x, frequency << Byte.SIZE) + isAtLeast(x, frequency << 2 * Byte.SIZE);
            at -= bytes;
            x >>>= Byte.SIZE * bytes;
            x = (x / frequency << RansTable.PRECISION) + x % frequency + table.before(symbol);
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

    /** 1 or 0, of numbers of up to 30 bits. */
    private static int isAtLeast(int x, int bound) {
        return bound - 1 - x >>> Integer.SIZE - 1;
    }

    /** The tail's bits that a lane takes over. */
    private int tailBits(int lane) {
        int from = lane * LANE_BITS;
        int bits = 0;
        for (int i = from >> 3; i <= from + LANE_BITS - 1 >> 3; i++) {
            bits |= (tail[i] & 0xFF) << 8 * (i - (from >> 3));
        }
        return bits >>> (from & 7) & CodingKernels.LEAST_STATE - 1;
    }

    /**
     * points[i] becomes {@code unit} times the level of a coordinate, as {@link #quantize} made it.
     *
     * @param bytes of the payload
     * @throws MalformedPayloadException if no encoder makes such bytes
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

    /** Reads the states of all lanes; returns the bytes that they take. */
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

    /** Gathers the tail from what the lanes end with and the bytes that are left. */
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
        if (x >= LEAST_STATE << Byte.SIZE) {
            throw new MalformedPayloadException(
                    "payload's last steps begin with state " + x + ", expected one below "
                            + (LEAST_STATE << Byte.SIZE));
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
            int missing = 2 - isAtLeast(x, LEAST_STATE) - isAtLeast(x, LEAST_STATE >> Byte.SIZE);
            if (at + missing > tailBytes) {
                throw malformed(bytes, "too few for its last steps");
            }
            int next = (tail[at] & 0xFF) << Byte.SIZE | tail[at + 1] & 0xFF;
            x = x << Byte.SIZE * missing | next >>> Byte.SIZE * (2 - missing);
            at += missing;
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
