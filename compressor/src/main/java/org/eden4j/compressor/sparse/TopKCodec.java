package org.eden4j.compressor.sparse;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.MagnitudeSelection;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.ScalarKernels;

/** The codec of {@link TopK}: index and float32 bits of each coordinate sent, in ascending order. */
final class TopKCodec extends ScratchCodec {
    private final TopK method;
    private final BitStream stream = new BitStream();
    private final MagnitudeSelection selection = new MagnitudeSelection();

    TopKCodec(TopK method) {
        super(method, KernelProvider.kernels(), new Scratch());
        this.method = method;
    }

    static int indexBits(int length) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(length - 1);
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment x = block.coordinates();
        int members = method.kept(length);
        int smallest = selection.largest(x, length, members);
        int above = 0;
        for (int i = 0; i < length; i++) {
            above += MagnitudeSelection.magnitude(x, i) > smallest ? 1 : 0;
        }
        int ties = members - above;
        stream.reset(payload, offset);
        for (int i = 0; i < length; i++) {
            int magnitude = MagnitudeSelection.magnitude(x, i);
            if (magnitude > smallest || magnitude == smallest && ties-- > 0) {
                stream.write(i, indexBits(length));
                float value = (float) (x.getAtIndex(ScalarKernels.FLOAT, i) * block.unit());
                stream.write(Float.floatToRawIntBits(value), Float.SIZE);
            }
        }
        stream.flush();
        return payloadBytes(length);
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        MemorySegment x = scratch.coordinates();
        Scratch.zero(x, 0, length);
        stream.reset(payload, offset);
        int last = -1;
        for (int j = 0; j < method.kept(length); j++) {
            int index = stream.read(indexBits(length));
            float value = Float.intBitsToFloat(stream.read(Float.SIZE));
            // A block of zeros is encoded as zeros: all indices and all values are 0.
            if (index >= length || !Float.isFinite(value) || index <= last && value != 0) {
                throw new MalformedPayloadException("entry " + j + " says coordinate " + index + " is " + value
                        + " after coordinate " + last + ", expected a finite number at an index from " + (last + 1)
                        + " to " + (length - 1));
            }
            if (index > last) {
                x.setAtIndex(ScalarKernels.FLOAT, index, value);
                last = index;
            }
        }
        kernels.addScaled(x, length, weight, sum, sumOffset);
    }
}
