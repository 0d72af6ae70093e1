package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.coding.EntropyCode;
import org.eden4j.compressor.coding.EntropyCoder;
import org.eden4j.compressor.coding.EntropyRates;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Kernels;

/**
 * Entropy-coded levels of a lattice, see {@link EntropyCoder}. {@link #quantize} leaves the levels, as integers, in
 * place of centroids; they are to be multiplied by {@link #unit}.
 *
 * <p>The lowest bit of the first byte is 0. A first byte of 1 means that a block of plain EDEN follows, because the
 * levels would not fit or would have a larger error than plain EDEN has for normal coordinates. That happens if a
 * single round of the rotation leaves a block of another shape, such as one of equal magnitudes. The fallback
 * guarantees that no payload is longer than {@code maxPayloadBytes} and that no payload is worse than plain EDEN's.
 * Blocks too small to be coded are plain EDEN without that byte.
 */
final class EntropyQuantizer implements Quantizer {
    private static final byte PLAIN = 1;

    private final double bits;
    private final CodingRules rules;
    private final double plainError;
    private final EntropyCode code;
    private final EntropyCoder coder;
    private final Quantizer plain;
    private final Kernels kernels;
    private boolean lastIsPlain;
    private int lastBytes;
    private double lastDot;

    EntropyQuantizer(double bits, Trellis trellis, CodingRules rules, Kernels kernels) {
        this.bits = bits;
        this.rules = rules;
        this.kernels = kernels;
        plain = Quantizer.ofBits(bits, kernels);
        plainError = ScaleRule.UNBIASED.vnmse(Quantizer.distortion(bits));
        code = EntropyRates.of(bits, trellis).code();
        coder = new EntropyCoder(code, kernels);
    }

    private boolean isCoded(int size) {
        return EntropyRates.isCoded(bits, size);
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        quantizeAndDot(kernels, y, size, scale, shift, seed, packed, packedOffset, centroids);
    }

    @Override
    public double quantizeAndDot(
            Kernels kernels, MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed,
            long packedOffset,
            MemorySegment centroids) {
        lastIsPlain = !isCoded(size) || !encode(y, size, scale, packed, packedOffset, centroids);
        if (!lastIsPlain) {
            return lastDot;
        }
        int mark = 0;
        if (isCoded(size)) {
            packed.set(ValueLayout.JAVA_BYTE, packedOffset, PLAIN);
            mark = 1;
        }
        lastBytes = mark + plain.packedBytes(size);
        plain.quantize(y, size, scale, shift, seed, packed, packedOffset + mark, centroids);
        return kernels.dot(y, centroids, size);
    }

    /** Encodes the levels if their error is at most plain EDEN's and they fit; returns whether they were written. */
    private boolean encode(
            MemorySegment y, int size, float scale, MemorySegment packed, long packedOffset, MemorySegment centroids) {
        coder.quantize(y, size, scale, centroids);
        lastDot = kernels.dot(y, centroids, size);
        double squaredNorm = size / ((double) scale * scale);
        double squaredLevels = kernels.dot(centroids, centroids, size);
        if (!(squaredNorm * squaredLevels <= (1 + plainError) * lastDot * lastDot) || lastDot <= 0) {
            return false;
        }
        int room = rules.mostBytes(bits, size);
        lastBytes = coder.encode(centroids, size, packed, packedOffset, room);
        return lastBytes >= 0;
    }

    @Override
    public int packedBytes(int size) {
        return lastBytes;
    }

    @Override
    public double unit() {
        return lastIsPlain ? 1 : code.unit();
    }

    @Override
    public boolean sees(double dot, int size) {
        return !lastIsPlain || plain.sees(dot, size);
    }

    @Override
    public void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids) {
        if (!isCoded(size)) {
            plain.unpack(packed, packedOffset, bytes, size, seed, centroids);
            return;
        }
        byte first = bytes == 0 ? PLAIN : packed.get(ValueLayout.JAVA_BYTE, packedOffset);
        if ((first & PLAIN) == 0) {
            coder.decode(packed, packedOffset, bytes, size, (float) code.unit(), centroids);
            return;
        }
        int expected = 1 + Quantizer.packedBytes(bits, size);
        if (first != PLAIN || bytes != expected) {
            throw new MalformedPayloadException("payload has " + bytes + " bytes of coded symbols, the first of them "
                    + first + ": expected an even one, or " + PLAIN + " and " + expected + " bytes");
        }
        plain.unpack(packed, packedOffset + 1, bytes - 1, size, seed, centroids);
    }
}
