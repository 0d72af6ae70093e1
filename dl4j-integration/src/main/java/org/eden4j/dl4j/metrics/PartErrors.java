package org.eden4j.dl4j.metrics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.UpdateLayout.Part;

/**
 * Measures the error |x - x^|^2 / |x|^2 of each compressed part of an update by encoding and decoding it once more,
 * block by block. Seeds differ from the job's, so the figures describe the methods on this update, not the bytes that
 * were sent. Cost: one encoding and one decoding; memory: one block. Not thread-safe.
 */
final class PartErrors {
    private static final long SEED = 0x0E440;
    private static final int ALIGNMENT = 64;

    private final UpdateLayout job;
    /** The layout of the last round, to which the following fields belong; null before the first. */
    private UpdateLayout layout;
    private UpdateBlocks blocks;
    private UpdateBlocks.Codecs codecs;
    private MemorySegment payload;
    private MemorySegment decoded;

    /** @param layout the layout of the job */
    PartErrors(UpdateLayout layout) {
        job = layout;
    }

    /** Switches to the methods of a round. */
    private void lay(long round) {
        UpdateLayout now = job.at(round);
        if (now.equals(layout)) {
            return;
        }
        layout = now;
        blocks = UpdateBlocks.of(layout);
        codecs = UpdateBlocks.Codecs.of(blocks);
        Arena arena = Arena.ofAuto();
        int largest = 1;
        for (int block = 0; block < blocks.blockCount(); block++) {
            largest = Math.max(largest, blocks.method(block).maxPayloadBytes(blocks.length(block)));
        }
        payload = arena.allocate(largest, ALIGNMENT);
        decoded = arena.allocate((long) blocks.largestSum() * Float.BYTES, ALIGNMENT);
    }

    /** Returns the error of each compressed part by name; parts that are all zero or cannot be encoded are left out. */
    Map<String, Double> of(MemorySegment update, long round, int worker) {
        lay(round);
        Map<String, double[]> sums = new LinkedHashMap<>();
        try {
            for (int block = 0; block < blocks.blockCount(); block++) {
                Part part = layout.partAt(blocks.offset(block));
                if (part.kind() == Kind.COMPRESSED) {
                    add(block, update, BlockSeed.of(SEED, round, worker, block),
                            sums.computeIfAbsent(part.name(), _ -> new double[2]));
                }
            }
        } catch (NonFiniteGradientException e) {
            return Map.of(); // the exchange is about to report the value
        }
        Map<String, Double> errors = new LinkedHashMap<>();
        sums.forEach((name, sum) -> {
            if (sum[1] > 0) {
                errors.put(name, sum[0] / sum[1]);
            }
        });
        return errors;
    }

    private void add(int block, MemorySegment update, BlockSeed seed, double[] sum) {
        int length = blocks.length(block);
        long first = blocks.offset(block);
        BlockCodec codec = codecs.of(block);
        int bytes = codec.encode(update, first, length, seed, payload, 0);
        decoded.fill((byte) 0);
        codec.accumulate(payload, 0, bytes, length, seed, 1, decoded, 0);
        codec.finish(length, seed, decoded, 0);
        for (int i = 0; i < length; i++) {
            double x = update.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, first + i);
            double difference = x - decoded.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            sum[0] += difference * difference;
            sum[1] += x * x;
        }
    }
}
