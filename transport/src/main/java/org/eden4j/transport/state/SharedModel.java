package org.eden4j.transport.state;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateBlocks.Run;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobFrames;
import org.eden4j.transport.wire.NativeMemory;

/** Adds means to a model, one block at a time; absent coordinates are unchanged. Not thread-safe. */
public final class SharedModel {
    private final JobFrames frames;
    private final long jobSeed;
    private final Arena arena;
    /** Layout of the last round's phase, as for codecs and block; null before the first round. */
    private FrameLayout layout;
    private UpdateBlocks.Codecs codecs;
    private MemorySegment decoded;

    public SharedModel(JobFrames frames, long jobSeed, Arena arena) {
        this.frames = frames;
        this.jobSeed = jobSeed;
        this.arena = arena;
    }

    private void lay(long round) {
        if (layout != frames.down(round)) {
            layout = frames.down(round);
            codecs = UpdateBlocks.Codecs.of(layout.blocks());
            decoded = NativeMemory.allocate(arena, (long) layout.blocks().largestSum() * Float.BYTES);
        }
    }

    /** Decodes a whole mean from its payloads, each frame's at {@code layout.payloadOffset}, and adds it. */
    public void add(MemorySegment payloads, long round, MemorySegment model) {
        lay(round);
        try {
            for (int frame = 0; frame < layout.frameCount(); frame++) {
                add(frame, payloads, round, model);
            }
        } catch (MalformedPayloadException e) {
            throw new IllegalStateException("the mean of round " + round + " does not decode", e);
        }
    }

    private void add(int frame, MemorySegment payloads, long round, MemorySegment model) {
        UpdateBlocks blocks = layout.blocks();
        long position = layout.payloadOffset(frame);
        for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
            int length = blocks.length(block);
            int bytes = layout.payloadBytes(block, payloads, position);
            position += layout.lengthBytes(block);
            BlockSeed seed = BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, layout.number(block));
            BlockCodec codec = codecs.of(block);
            decoded.fill((byte) 0);
            codec.accumulate(payloads, position, bytes, length, seed, 1, decoded, 0);
            codec.finish(length, seed, decoded, 0);
            add(decoded, 0, model, blocks.offset(block), length);
            position += bytes;
        }
    }

    /** Adds these coordinates of a mean, as {@link #add(MemorySegment, long, MemorySegment, long, long)} does. */
    public static void add(MemorySegment mean, List<Run> runs, MemorySegment model) {
        runs.forEach(run -> add(mean, run.first(), model, run.first(), run.end() - run.first()));
    }

    /** Adds a mean to a model by one float32 addition per coordinate: the same on every member. */
    public static void add(MemorySegment mean, long first, MemorySegment model, long modelFirst, long length) {
        for (long i = 0; i < length; i++) {
            float sum = model.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, modelFirst + i)
                    + mean.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, first + i);
            model.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, modelFirst + i, sum);
        }
    }
}
