package org.eden4j.compressor.stochastic;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.MagnitudeSelection;
import org.eden4j.compressor.block.Norms;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * The codec of {@link QuicFl}: float32 value that a level of 1 represents; index and float32 bits of the exact
 * coordinates, in ascending order; then {@code bits} for every coordinate, which are 0 for the exact ones.
 */
final class QuicFlCodec extends SharedRotationCodec {
    private static final long PURPOSE = 0x51756963L;

    private final QuicFl method;
    private final QuicFlLevels table;
    private final SplitMix random = new SplitMix();
    private final BitStream stream = new BitStream();
    private final MagnitudeSelection selection = new MagnitudeSelection();
    private int[] magnitudes = new int[0];
    private int[] exact = new int[0];

    QuicFlCodec(QuicFl method) {
        super(method, true);
        this.method = method;
        table = QuicFlLevels.ofBits(method.bits());
    }

    private static int outliers(int size) {
        return Math.max(1, size / QuicFl.OUTLIERS);
    }

    private static int indexBits(int size) {
        return Integer.numberOfTrailingZeros(size);
    }

    static int payloadBytes(int bits, int size) {
        long exactBits = (long) outliers(size) * (indexBits(size) + Float.SIZE);
        return Float.BYTES + BitStream.bytes(exactBits + (long) size * bits);
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        double unit = rotation.rotate(seed);
        MemorySegment y = scratch.coordinates();
        int size = block.size();
        int smallestOutlier = selection.largest(y, size, outliers(size));
        double largestInside = Float.intBitsToFloat(selection.largest(y, size, outliers(size) + 1));
        double deviation = Norms.l2(y, size) / Math.sqrt(size);
        float worth = saturated(unit * Math.max(deviation, largestInside / table.bound()) * (1 + 0x1p-20));
        payload.set(WIRE_FLOAT, offset, worth);
        stream.reset(payload, offset + Float.BYTES);
        writeOutliers(y, size, unit, smallestOutlier);
        random.reset(seed.own(), PURPOSE);
        double toLevels = worth > 0 ? unit / worth : 0;
        for (int i = 0; i < size; i++) {
            boolean exact = (magnitudes[i] & Integer.MIN_VALUE) != 0;
            stream.write(exact ? 0 : round(toLevels * y.getAtIndex(ScalarKernels.FLOAT, i)), method.bits());
        }
        stream.flush();
        return payloadBytes(length);
    }

    /** Writes the exact coordinates and marks them with the sign bit of {@code magnitudes}. */
    private void writeOutliers(MemorySegment y, int size, double unit, int smallest) {
        if (magnitudes.length < size) {
            magnitudes = new int[size];
        }
        int ties = outliers(size);
        for (int i = 0; i < size; i++) {
            magnitudes[i] = MagnitudeSelection.magnitude(y, i);
            ties -= magnitudes[i] > smallest ? 1 : 0;
        }
        for (int i = 0; i < size; i++) {
            if (magnitudes[i] > smallest || magnitudes[i] == smallest && ties-- > 0) {
                magnitudes[i] |= Integer.MIN_VALUE;
                stream.write(i, indexBits(size));
                float value = saturated(unit * y.getAtIndex(ScalarKernels.FLOAT, i));
                stream.write(Float.floatToRawIntBits(value), Float.SIZE);
            }
        }
    }

    /** Returns one of the two levels around z, at random so that the mean is z. */
    private int round(double z) {
        double[] levels = table.levels();
        int found = Arrays.binarySearch(levels, z);
        int low = Math.clamp(found >= 0 ? found : -found - 2, 0, levels.length - 2);
        double part = (z - levels[low]) / (levels[low + 1] - levels[low]);
        return random.nextDouble() < part ? low + 1 : low;
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        double worth = readExact(payload, offset, length);
        int size = sumCoordinates(length);
        int outliers = outliers(size);
        MemorySegment x = scratch.coordinates();
        double[] levels = table.levels();
        for (int i = 0; i < size; i++) {
            x.setAtIndex(ScalarKernels.FLOAT, i, saturated(worth * levels[stream.read(method.bits())]));
        }
        for (int j = 0; j < outliers; j++) {
            x.setAtIndex(ScalarKernels.INT, exact[2 * j], exact[2 * j + 1]);
        }
        kernels.addScaled(x, size, weight, sum, sumOffset);
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        readExact(payload, offset, length);
    }

    /**
     * Reads the exact coordinates and leaves the {@link #stream} at the indices. Returns the value that a level of 1
     * represents.
     */
    private double readExact(MemorySegment payload, long offset, int length) {
        double worth = magnitude(payload.get(WIRE_FLOAT, offset), "value of its levels");
        int size = sumCoordinates(length);
        int outliers = outliers(size);
        if (exact.length < 2 * outliers) {
            exact = new int[2 * outliers];
        }
        stream.reset(payload, offset + Float.BYTES);
        int last = -1;
        for (int j = 0; j < outliers; j++) {
            int index = stream.read(indexBits(size));
            int bits = stream.read(Float.SIZE);
            if (!Float.isFinite(Float.intBitsToFloat(bits)) || index <= last && worth > 0) {
                throw new MalformedPayloadException("exact coordinate " + j + " is " + Float.intBitsToFloat(bits)
                        + " at index " + index + " after index " + last
                        + ", expected a finite number at a higher index");
            }
            exact[2 * j] = last = index;
            exact[2 * j + 1] = bits;
        }
        return worth;
    }
}
