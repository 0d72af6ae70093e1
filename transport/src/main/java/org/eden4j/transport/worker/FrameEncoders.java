package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/**
 * Encodes consecutive frames of an update on several threads at a time: the calling thread, which owns the publication,
 * and helper threads that all workers of this JVM share.
 *
 * <p>Frames are encoded in batches. A free thread takes the next frame of the batch, and {@link #encode} returns when
 * all are done, so no thread reads the update between two calls. A block's bytes depend only on its seed: they are the
 * same for any number of threads.
 *
 * <p>By default half of the processors take part, at most four, and on two or fewer only the calling thread: then a
 * batch is one frame, and nothing is handed over. The system property {@value #PROPERTY} sets another number.
 */
public final class FrameEncoders {
    /** System property with the number of threads that encode one update, from 1. */
    static final String PROPERTY = "eden4j.encoders";
    private static final int MOST_BY_DEFAULT = 4;
    /** Frames per thread and batch: waking a helper takes as long as encoding one or two frames. */
    private static final int FRAMES_A_THREAD = 4;
    private static final int SPINS = 1000;
    private static final AtomicInteger HELPERS = new AtomicInteger();
    private static final Executor POOL = Executors.newCachedThreadPool(FrameEncoders::daemon);

    private final FrameLayout layout;
    private final int threads;
    private final Slot[] slots;
    private int first;
    private int count;

    /** The buffer of one encoded frame, with its codecs. */
    private static final class Slot {
        final UpdateBlocks.Codecs codecs;
        final MemorySegment payload;
        int payloadBytes;
        RuntimeException failure;

        Slot(UpdateBlocks.Codecs codecs, Arena arena) {
            this.codecs = codecs;
            payload = NativeMemory.allocate(arena, FrameLayout.LARGEST_PAYLOAD);
        }
    }

    /** @param codec creates the codec of a method */
    public FrameEncoders(FrameLayout layout, int threads, Function<Method, BlockCodec> codec, Arena arena) {
        this.layout = layout;
        this.threads = threads;
        slots = new Slot[threads == 1 ? 1 : threads * FRAMES_A_THREAD];
        for (int slot = 0; slot < slots.length; slot++) {
            slots[slot] = new Slot(new UpdateBlocks.Codecs(layout.blocks(), codec), arena);
        }
    }

    /** Returns the number of threads for this machine's processors, or the number set by the property. */
    static int threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        int wanted = Integer.getInteger(PROPERTY, Math.clamp(processors / 2, 1, MOST_BY_DEFAULT));
        if (wanted < 1 || wanted > processors * FRAMES_A_THREAD) {
            throw new IllegalArgumentException(PROPERTY + " must be in 1.." + processors * FRAMES_A_THREAD + ", got "
                    + wanted);
        }
        return wanted;
    }

    private static Thread daemon(Runnable run) {
        Thread thread = new Thread(run, "eden4j-encoder-" + HELPERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /** Discards encoded frames. */
    public void clear() {
        count = 0;
    }

    /**
     * Returns the payload of a frame, which this call encodes together with the next frames unless it is already
     * encoded.
     *
     * @throws org.eden4j.compressor.NonFiniteGradientException if the frame cannot be encoded
     */
    public MemorySegment payload(int frame, MemorySegment update, long jobSeed, long round, int worker) {
        if (frame < first || frame >= first + count) {
            first = frame;
            count = Math.min(slots.length, layout.frameCount() - frame);
            if (count == 1) {
                encode(slots[0], frame, update, jobSeed, round, worker);
            } else {
                new Batch(update, jobSeed, round, worker).run(threads - 1);
            }
        }
        Slot slot = slots[frame - first];
        if (slot.failure != null) {
            count = 0;
            throw slot.failure;
        }
        return slot.payload;
    }

    /** Returns the length in bytes of the frame's payload that {@link #payload} returned last. */
    public int payloadBytes(int frame) {
        return slots[frame - first].payloadBytes;
    }

    private void encode(Slot slot, int frame, MemorySegment update, long jobSeed, long round, int worker) {
        UpdateBlocks blocks = layout.blocks();
        slot.failure = null;
        long position = 0;
        try {
            for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
                int lengthBytes = layout.lengthBytes(block);
                int bytes = slot.codecs.of(block)
                    .encode(update, blocks.offset(block), blocks.length(block),
                            BlockSeed.of(jobSeed, round, worker, layout.number(block)), slot.payload,
                            position + lengthBytes);
                layout.putPayloadBytes(block, bytes, slot.payload, position);
                position += lengthBytes + bytes;
            }
            slot.payloadBytes = (int) position;
        } catch (NonFiniteGradientException e) {
            slot.failure = e.moved(0, layout.firstCoordinate());
        } catch (RuntimeException e) {
            slot.failure = e;
        }
    }

    /** A batch of frames that are encoded together. A helper that comes too late finds no frame left. */
    private final class Batch implements Runnable {
        private final MemorySegment update;
        private final long jobSeed;
        private final long round;
        private final int worker;
        private final int firstFrame = first;
        private final int size = count;
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final Thread owner = Thread.currentThread();

        Batch(MemorySegment update, long jobSeed, long round, int worker) {
            this.update = update;
            this.jobSeed = jobSeed;
            this.round = round;
            this.worker = worker;
        }

        void run(int helpers) {
            for (int helper = 0; helper < Math.min(helpers, size - 1); helper++) {
                POOL.execute(this);
            }
            run();
            for (int spin = 0; done.get() < size; spin++) {
                if (spin < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }

        @Override
        public void run() {
            for (int slot = taken.getAndIncrement(); slot < size; slot = taken.getAndIncrement()) {
                encode(slots[slot], firstFrame + slot, update, jobSeed, round, worker);
                if (done.incrementAndGet() == size) {
                    LockSupport.unpark(owner);
                }
            }
        }
    }
}
