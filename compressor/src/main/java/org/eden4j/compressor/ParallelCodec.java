package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Encodes and adds whole gradients, their blocks spread over several threads.
 *
 * <p>Blocks do not know of each other, so bytes and sums are the same for every number of threads. The payloads of all
 * blocks follow each other without a gap. Not thread-safe: one call at a time. Closing ends the threads.
 */
public final class ParallelCodec implements AutoCloseable {
    /** Blocks that a thread takes at once. */
    private static final int TAKEN = 8;

    private final BlockLayout layout;
    private final long[] offsets;
    private final BlockCodec[] codecs;
    private final ExecutorService helpers;

    /** One block's work with the codec of the thread that does it. */
    private interface Work {
        void on(BlockCodec codec, int block);
    }

    /**
     * @param method of all blocks
     * @param layout the blocks
     * @param threads at least 1, the caller's among them
     */
    public ParallelCodec(Method method, BlockLayout layout, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        this.layout = layout;
        codecs = new BlockCodec[threads];
        for (int thread = 0; thread < threads; thread++) {
            codecs[thread] = BlockCodec.of(method);
        }
        offsets = new long[layout.blockCount() + 1];
        for (int block = 0; block < layout.blockCount(); block++) {
            offsets[block + 1] = offsets[block] + codecs[0].payloadBytes(layout.length(block));
        }
        helpers = Executors.newFixedThreadPool(Math.max(1, threads - 1),
                Thread.ofPlatform().daemon().name("eden4j-codec-", 0).factory());
    }

    /** Bytes of all payloads. */
    public long payloadBytes() {
        return offsets[offsets.length - 1];
    }

    /**
     * Encodes all blocks.
     *
     * @param gradient float32[dimension], native byte order
     * @param jobSeed see {@link BlockSeed#of}
     * @param round see {@link BlockSeed#of}
     * @param worker see {@link BlockSeed#of}
     * @param payloads room for {@link #payloadBytes()} bytes
     * @throws NonFiniteGradientException if a coordinate cannot be carried; other blocks may have been encoded by then
     */
    public void encode(MemorySegment gradient, long jobSeed, long round, int worker, MemorySegment payloads) {
        run((codec, block) -> codec.encode(gradient, layout.offset(block), layout.length(block),
                BlockSeed.of(jobSeed, round, worker, block), payloads, offsets[block]));
    }

    /**
     * Adds {@code weight} times what all payloads stand for.
     *
     * @param payloads of {@link #encode} with the same numbers, or a stranger's
     * @param sum float32, {@link BlockLayout#sumLength()} coordinates
     * @throws MalformedPayloadException if no encoder makes such bytes; other blocks may have been added by then
     */
    public void accumulate(
            MemorySegment payloads, long jobSeed, long round, int worker, float weight, MemorySegment sum) {
        run((codec, block) -> codec.accumulate(payloads, offsets[block], (int) (offsets[block + 1] - offsets[block]),
                layout.length(block), BlockSeed.of(jobSeed, round, worker, block), weight, sum, layout.offset(block)));
    }

    private void run(Work work) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 1; thread < codecs.length; thread++) {
            BlockCodec codec = codecs[thread];
            running.add(helpers.submit(() -> takeBlocks(work, codec, next)));
        }
        RuntimeException failure = null;
        try {
            takeBlocks(work, codecs[0], next);
        } catch (RuntimeException e) {
            failure = e;
        }
        for (Future<?> helper : running) {
            failure = await(helper, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void takeBlocks(Work work, BlockCodec codec, AtomicInteger next) {
        int blocks = layout.blockCount();
        for (int first = next.getAndAdd(TAKEN); first < blocks; first = next.getAndAdd(TAKEN)) {
            for (int block = first; block < Math.min(blocks, first + TAKEN); block++) {
                work.on(codec, block);
            }
        }
    }

    /** The first failure there was; waits to the end even if interrupted, since the helper uses the caller's memory. */
    private static RuntimeException await(Future<?> helper, RuntimeException failure) {
        boolean interrupted = false;
        while (!helper.isDone()) {
            try {
                helper.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (helper.state() != Future.State.FAILED || failure != null) {
            return failure;
        }
        return helper.exceptionNow() instanceof RuntimeException cause ? cause
                : new IllegalStateException("a codec's thread failed", helper.exceptionNow());
    }

    @Override
    public void close() {
        helpers.shutdown();
    }
}
