package org.eden4j.transport.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/** Adds means to a model, a block at a time. */
public final class SharedModel {
    private final FrameLayout layout;
    private final BlockCodec codec;
    private final long jobSeed;
    private final MemorySegment decoded;

    public SharedModel(FrameLayout layout, long jobSeed, Arena arena) {
        this.layout = layout;
        this.jobSeed = jobSeed;
        codec = BlockCodec.of(layout.method());
        decoded = NativeMemory.allocate(arena, (long) layout.blocks().largestSum() * Float.BYTES);
    }

    /** Decodes a whole mean from its payloads, each frame's at {@code layout.payloadOffset}. */
    public void add(MemorySegment payloads, long round, MemorySegment model) {
        BlockLayout blocks = layout.blocks();
        long position = 0;
        try {
            for (int block = 0; block < blocks.blockCount(); block++) {
                int length = blocks.length(block);
                int bytes = codec.payloadBytes(length);
                BlockSeed seed = BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, block);
                decoded.fill((byte) 0);
                codec.accumulate(payloads, position, bytes, length, seed, 1, decoded, 0);
                codec.finish(length, seed, decoded, 0);
                add(decoded, 0, model, blocks.offset(block), length);
                position += bytes;
            }
        } catch (MalformedPayloadException e) {
            throw new IllegalStateException("the mean of round " + round + " does not decode", e);
        }
    }

    /** model + mean, one float32 addition a coordinate: the same on every member. */
    public static void add(MemorySegment mean, long first, MemorySegment model, long modelFirst, long length) {
        for (long i = 0; i < length; i++) {
            float sum = model.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, modelFirst + i)
                    + mean.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, first + i);
            model.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, modelFirst + i, sum);
        }
    }
}
