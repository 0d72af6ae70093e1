package org.eden4j.compressor.stochastic;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * Stochastic rounding to 2^bits levels spaced evenly from a minimum to a maximum. Both are sent before the indices as
 * float32 values, rounded outwards so that no coordinate lies outside.
 */
final class MinMaxGrid {
    static final int HEADER_BYTES = 2 * Float.BYTES;

    private MinMaxGrid() {}

    /**
     * Writes the range and the indices.
     *
     * @param x float32[n]
     * @param unit value that a 1 in x represents
     */
    static void write(
            MemorySegment x, int n, double unit, int bits, SplitMix random, BitStream stream, MemorySegment payload,
            long offset) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            low = Math.min(low, x.getAtIndex(ScalarKernels.FLOAT, i));
            high = Math.max(high, x.getAtIndex(ScalarKernels.FLOAT, i));
        }
        float sentLow = atMost(low * unit);
        float sentHigh = -atMost(-high * unit);
        payload.set(ScratchCodec.WIRE_FLOAT, offset, sentLow);
        payload.set(ScratchCodec.WIRE_FLOAT, offset + Float.BYTES, sentHigh);
        int top = (1 << bits) - 1;
        double range = (double) sentHigh - sentLow;
        double toIndex = range > 0 ? top / range : 0;
        stream.reset(payload, offset + HEADER_BYTES);
        for (int i = 0; i < n; i++) {
            double position = (x.getAtIndex(ScalarKernels.FLOAT, i) * unit - sentLow) * toIndex;
            stream.write(random.round(position, top), bits);
        }
        stream.flush();
    }

    /** Throws the exception {@link #read} would throw. */
    static void check(MemorySegment payload, long offset) {
        float low = payload.get(ScratchCodec.WIRE_FLOAT, offset);
        float high = payload.get(ScratchCodec.WIRE_FLOAT, offset + Float.BYTES);
        if (!Float.isFinite(low) || !Float.isFinite(high) || low > high) {
            throw new MalformedPayloadException(
                    "payload declares the range " + low + " to " + high + ", expected two finite numbers in order");
        }
    }

    static void read(MemorySegment payload, long offset, int n, int bits, BitStream stream, MemorySegment x) {
        check(payload, offset);
        float low = payload.get(ScratchCodec.WIRE_FLOAT, offset);
        float high = payload.get(ScratchCodec.WIRE_FLOAT, offset + Float.BYTES);
        double step = ((double) high - low) / ((1 << bits) - 1);
        stream.reset(payload, offset + HEADER_BYTES);
        for (int i = 0; i < n; i++) {
            x.setAtIndex(ScalarKernels.FLOAT, i, (float) (low + step * stream.read(bits)));
        }
    }

    private static float atMost(double value) {
        float nearest = ScratchCodec.saturated(value);
        return nearest > value ? Math.nextDown(nearest) : nearest;
    }
}
