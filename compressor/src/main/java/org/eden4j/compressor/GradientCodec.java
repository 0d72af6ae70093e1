package org.eden4j.compressor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Encodes whole gradients and sums whole gradients, with their blocks distributed over several threads. A gradient has
 * one method, or parts with methods of their own. Absent coordinates are neither read nor written.
 *
 * <pre>{@code
 * try (GradientCodec codec = GradientCodec.of(Method.parse("eden:bits=4"), gradient.length)) {
 *     GradientCodec.Payloads payloads = codec.encode(MemorySegment.ofArray(gradient), jobSeed, round, worker);
 *     codec.accumulate(payloads, jobSeed, round, worker, 1f, sum);
 *     codec.finish(jobSeed, round, sum);
 * }
 * }</pre>
 *
 * <p>Blocks are independent, so payloads and sums are identical bit for bit for any number of threads. A sum has
 * {@link UpdateBlocks#sumLength()} coordinates, initially zero. The gradient's coordinates come first; they are valid
 * once {@link #finish} has been called after the last gradient was added. With one thread, calls after the first
 * allocate at most the seeds of the blocks, and nothing if a gradient is encoded and added with the seeds of the
 * previous call.
 *
 * <p>Not thread-safe: one call at a time. Closing the codec ends its threads.
 */
public final class GradientCodec implements AutoCloseable {
    /** Number of blocks a thread takes at a time. */
    private static final int TAKEN = 8;
    private static final int ALIGNMENT = 64;

    private final UpdateBlocks blocks;
    /** Offset of each block's payload if every payload has its largest length, then the total. */
    private final long[] slots;
    private final UpdateBlocks.Codecs[] codecs;
    private final ExecutorService helpers;
    private final BlockSeed[] seeds;
    private long jobSeed;
    private long round;
    private int worker;

    /** The work on one block, with a codec of the thread that performs it. */
    private interface Work {
        void on(BlockCodec codec, int block);
    }

    /**
     * The payloads of one gradient, off-heap. Each block has a slot as long as its largest payload. Filled by
     * {@link GradientCodec#encode(MemorySegment, long, long, int, Payloads)}, or by a receiver.
     */
    public static final class Payloads {
        private final MemorySegment bytes;
        private final long[] slots;
        private final int[] lengths;

        private Payloads(long[] slots) {
            this.slots = slots;
            bytes = Arena.ofAuto().allocate(slots[slots.length - 1], ALIGNMENT);
            lengths = new int[slots.length - 1];
        }

        /** Returns the memory of all slots. */
        public MemorySegment bytes() {
            return bytes;
        }

        /** Returns the offset of the first byte of a block's slot. */
        public long offset(int block) {
            return slots[block];
        }

        /** Returns the number of bytes of a block's payload, 0 before it is written. */
        public int length(int block) {
            return lengths[block];
        }

        /** Sets the number of bytes written to a block's slot. */
        public void setLength(int block, int length) {
            if (length < 0 || length > slots[block + 1] - slots[block]) {
                throw new MalformedPayloadException("payload of block " + block + " has " + length
                        + " bytes, at most " + (slots[block + 1] - slots[block]) + " are possible");
            }
            lengths[block] = length;
        }

        /** Returns the number of bytes of all payloads. */
        public long totalBytes() {
            long total = 0;
            for (int length : lengths) {
                total += length;
            }
            return total;
        }
    }

    /**
     * Creates a codec for gradients of one part.
     *
     * @param method method of all blocks
     * @param layout the blocks
     * @param threads number of threads including the caller's, at least 1
     */
    public GradientCodec(Method method, BlockLayout layout, int threads) {
        this(UpdateBlocks.of(method, layout), threads);
    }

    /** Like {@link #GradientCodec(UpdateBlocks, int, ErrorFeedback)}, for gradients of one part. */
    public GradientCodec(Method method, BlockLayout layout, int threads, ErrorFeedback feedback) {
        this(UpdateBlocks.of(method, layout), threads, feedback);
    }

    /**
     * Creates a codec for gradients with parts.
     *
     * @param threads number of threads including the caller's, at least 1
     */
    public GradientCodec(UpdateBlocks blocks, int threads) {
        this(blocks, threads, Method::codec);
    }

    /**
     * Creates a codec with error feedback: it adds the residual to every gradient and stores the remainder, which
     * becomes the residual with {@link ErrorFeedback#commit()}.
     */
    public GradientCodec(UpdateBlocks blocks, int threads, ErrorFeedback feedback) {
        this(blocks, threads, feedback::encoder);
    }

    private GradientCodec(UpdateBlocks blocks, int threads, Function<Method, BlockCodec> codec) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        this.blocks = blocks;
        codecs = new UpdateBlocks.Codecs[threads];
        Arrays.setAll(codecs, _ -> new UpdateBlocks.Codecs(blocks, codec));
        slots = new long[blocks.blockCount() + 1];
        for (int block = 0; block < blocks.blockCount(); block++) {
            slots[block + 1] = slots[block] + blocks.method(block).maxPayloadBytes(blocks.length(block));
        }
        seeds = new BlockSeed[blocks.blockCount()];
        helpers = threads == 1 ? null
                : Executors.newFixedThreadPool(threads - 1,
                        Thread.ofPlatform().daemon().name("eden4j-codec-", 0).factory());
    }

    /**
     * Creates a codec with default blocks that uses the calling thread only. Gradients too short for blocks are sent
     * raw.
     */
    public static GradientCodec of(Method method, int dimension) {
        return of(UpdateLayout.whole(dimension, method));
    }

    /**
     * Creates a codec with default blocks that uses the calling thread only. Parts too short for blocks are sent raw.
     */
    public static GradientCodec of(UpdateLayout layout) {
        return new GradientCodec(UpdateBlocks.of(layout), 1);
    }

    /** Returns the blocks. */
    public UpdateBlocks blocks() {
        return blocks;
    }

    /** Returns the largest total of all payloads of a gradient, in bytes. */
    public long maxPayloadBytes() {
        return slots[slots.length - 1];
    }

    /** Allocates the payloads of one gradient. */
    public Payloads newPayloads() {
        return new Payloads(slots);
    }

    /**
     * Encodes a gradient into newly allocated payloads; see {@link #encode(MemorySegment, long, long, int, Payloads)}.
     */
    public Payloads encode(MemorySegment gradient, long jobSeed, long round, int worker) {
        Payloads payloads = newPayloads();
        encode(gradient, jobSeed, round, worker, payloads);
        return payloads;
    }

    /**
     * Encodes all blocks.
     *
     * @param gradient float32[dimension], native byte order
     * @param jobSeed see {@link BlockSeed#of}
     * @param round see {@link BlockSeed#of}
     * @param worker see {@link BlockSeed#of}
     * @param payloads from {@link #newPayloads}, overwritten
     * @throws NonFiniteGradientException if a coordinate cannot be encoded; other blocks may have been encoded
     */
    public void encode(MemorySegment gradient, long jobSeed, long round, int worker, Payloads payloads) {
        seed(jobSeed, round, worker);
        if (helpers == null) {
            for (int block = 0; block < seeds.length; block++) {
                encode(codecs[0].of(block), gradient, block, payloads);
            }
            return;
        }
        run((codec, block) -> encode(codec, gradient, block, payloads));
    }

    private void encode(BlockCodec codec, MemorySegment gradient, int block, Payloads payloads) {
        payloads.lengths[block] = codec.encode(gradient, blocks.offset(block), blocks.length(block), seeds[block],
                payloads.bytes, slots[block]);
    }

    /**
     * Decodes all payloads and adds {@code weight} times the result to a sum.
     *
     * @param payloads from {@link #encode} with the same arguments, or untrusted bytes
     * @param sum float32, {@link UpdateBlocks#sumLength()} coordinates
     * @throws MalformedPayloadException if no encoder produces these bytes; other blocks may have been added
     */
    public void accumulate(
            Payloads payloads, long jobSeed, long round, int worker, float weight, MemorySegment sum) {
        seed(jobSeed, round, worker);
        if (helpers == null) {
            for (int block = 0; block < seeds.length; block++) {
                accumulate(codecs[0].of(block), payloads, block, weight, sum);
            }
            return;
        }
        run((codec, block) -> accumulate(codec, payloads, block, weight, sum));
    }

    private void accumulate(BlockCodec codec, Payloads payloads, int block, float weight, MemorySegment sum) {
        codec.accumulate(payloads.bytes, slots[block], payloads.lengths[block], blocks.length(block), seeds[block],
                weight, sum, blocks.sumOffset(block));
    }

    /**
     * Converts a sum to the gradient's domain after the last gradient was added; see {@link BlockCodec#finish}. Ignores
     * the workers' own seeds.
     *
     * @throws NonFiniteGradientException if the sum has overflowed float32 and must be rotated back
     */
    public void finish(long jobSeed, long round, MemorySegment sum) {
        run((codec, block) -> {
            long place = blocks.sumOffset(block);
            try {
                codec.finish(blocks.length(block), BlockSeed.of(jobSeed, round, 0, block), sum, place);
            } catch (NonFiniteGradientException e) {
                throw e.moved(place, blocks.offset(block));
            }
            blocks.settle(block, sum);
        });
    }

    /** Derives the seeds of the blocks, unless they are those of the previous call. */
    private void seed(long newJobSeed, long newRound, int newWorker) {
        if (seeds[0] != null && newJobSeed == jobSeed && newRound == round && newWorker == worker) {
            return;
        }
        for (int block = 0; block < seeds.length; block++) {
            seeds[block] = BlockSeed.of(newJobSeed, newRound, newWorker, block);
        }
        jobSeed = newJobSeed;
        round = newRound;
        worker = newWorker;
    }

    private void run(Work work) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 1; thread < codecs.length; thread++) {
            UpdateBlocks.Codecs own = codecs[thread];
            running.add(helpers.submit(() -> takeBlocks(work, own, next)));
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

    private void takeBlocks(Work work, UpdateBlocks.Codecs own, AtomicInteger next) {
        int count = blocks.blockCount();
        for (int first = next.getAndAdd(TAKEN); first < count; first = next.getAndAdd(TAKEN)) {
            for (int block = first; block < Math.min(count, first + TAKEN); block++) {
                work.on(own.of(block), block);
            }
        }
    }

    /** Returns the first failure. Waits to the end even if interrupted, since the helper uses the caller's memory. */
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
        if (helpers != null) {
            helpers.shutdown();
        }
    }
}
