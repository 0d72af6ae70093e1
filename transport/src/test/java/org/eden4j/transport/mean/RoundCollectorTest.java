package org.eden4j.transport.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.worker.FrameEncoders;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every order in which two frames of three workers can arrive, compared with a mean computed by decoding and adding in
 * worker order.
 */
@Timeout(60)
class RoundCollectorTest {
    private static final int WORKERS = 3;
    private static final int FRAMES = 2;
    private static final long ROUND = 7;
    private static final long JOB_SEED = 11;
    private static final float[] WEIGHTS = {1, 2.5f, .75f};
    private static final int NOBODY = -1;
    /**
     * Steps: the arrival of frame {@code f} of worker {@code w} is {@code w * FRAMES + f}; then follow the drops, and
     * then the ends.
     */
    private static final int ARRIVALS = WORKERS * FRAMES;
    private static final int DROP = ARRIVALS;
    private static final int END = DROP + WORKERS;
    /** Work of a duty cycle between steps, two bits per gap: the first adds early contributions, the second due ones. */
    private static final int NOTHING = 0;
    private static final int EVERYTHING = -1;
    private static final List<int[]> ORDERS = orders();

    /**
     * The paths of a collector; each has two frames up, and in the first two paths its blocks end elsewhere than those
     * of the mean.
     */
    private enum Way {
        TOGETHER("eden:bits=4", "none", 2 * 1024 + 128 + 100), IN_TURN("none", "eden:bits=4",
                400), BLOCK_BY_BLOCK("eden:bits=4", "eden:bits=6", 2 * 1024 + 128 + 100), BLOCKS_OF_TWO_FRAMES(
                        "eden:bits=8", "eden:bits=4", 512 + 256 + 128 + 100),
        /** Parts, with absent ones in between, summed in the rotated domain; blocks end elsewhere than those of the mean. */
        PARTS("eden:bits=4", "none", "7 absent a\n1100 %1$s W\n20 none b\n50 absent f\n150 sq:bits=6,rotate=true V\n"
                + "600 %1$s U\n9 absent e\n"),
        /** The same with equal blocks in both directions, added to a frame of one block first. */
        PARTS_BLOCK_BY_BLOCK("eden:bits=4", "eden:bits=7", "1100 %1$s W\n20 none b\n50 absent f\n"
                + "150 sq:bits=6,rotate=true V\n600 %1$s U\n"),
        /** Lengths that vary in updates. */
        VARYING("varying", "eden:bits=4", 128 + 100),
        /** Lengths that vary in means, whose blocks end elsewhere. */
        VARYING_DOWN("eden:bits=4", "varying", "1100 %1$s W\n20 none b\n50 absent f\n1000 %1$s U\n"),
        /** Lengths that vary in means, block by block. */
        VARYING_BLOCK_BY_BLOCK("eden:bits=4", "varying", parts(15));

        final FrameLayout up;
        final FrameLayout down;

        Way(String up, String down, int dimension) {
            this(up, down, dimension + " %1$s all\n");
        }

        Way(String up, String down, String layout) {
            UpdateLayout updates = UpdateLayout.parse(layout.formatted(up));
            this.up = FrameLayout.of(updates, FrameLayout.SMALLEST_MTU);
            this.down = FrameLayout.of(updates.downlink(Method.parse(up), Method.parse(down)),
                    FrameLayout.SMALLEST_MTU);
        }
    }

    /** Returns a number of parts of 128 coordinates. */
    private static String parts(int count) {
        StringBuilder layout = new StringBuilder();
        for (int part = 0; part < count; part++) {
            layout.append("128 %1$s ").append(part).append('\n');
        }
        return layout.toString();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGiveTheSameMeanInEveryOrderOfArrival(Way way) {
        Stage stage = new Stage(way);
        for (int[] order : ORDERS) {
            for (int gaps = 0; gaps < 1 << ARRIVALS - 1; gaps++) {
                int early = 0;
                for (int gap = 0; gap < ARRIVALS; gap++) {
                    early |= (gaps >> gap & 1) << 2 * gap;
                }
                stage.open(everybody(), NOBODY);
                stage.play(order, early);
                stage.finish();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGoOnWithoutAMemberThatIsDroppedAtAnyTime(Way way) {
        leaveAtAnyTime(new Stage(way), DROP);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGoOnWithoutTheRestOfAnUpdateThatEndsAtAnyTime(Way way) {
        leaveAtAnyTime(new Stage(way), END);
    }

    private static void leaveAtAnyTime(Stage stage, int kind) {
        int count = 0;
        for (int[] order : ORDERS) {
            for (int worker = 0; worker < WORKERS; worker++) {
                for (int position = 0; position <= ARRIVALS; position++) {
                    stage.open(everybody(), NOBODY);
                    stage.play(insert(order, position, kind + worker), pattern(count++));
                    stage.finish();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldAddOneFrameATurnAfterADrop(Way way) {
        Stage stage = new Stage(way);
        stage.open(everybody(), 1);
        stage.play(new int[]{2, 3, 4, 5}, NOTHING);
        assertFalse(stage.collector.isAnyDue());
        stage.play(new int[]{DROP}, NOTHING);
        assertEquals(0, stage.store.readyCount());
        assertTrue(stage.collector.isAnyDue());
        assertEquals(0, stage.collector.addDue(), "frame 0");
        assertFalse(stage.collector.isComplete());
        boolean isOneBlock = way.up.endBlock(1) - way.up.firstBlock(1) == 1;
        int late = isOneBlock ? 1 : 0; // it is checked as it is added
        assertEquals(late, stage.collector.addDue(), "frame 1");
        stage.malformed += late;
        assertTrue(stage.collector.isComplete());
        assertFalse(stage.collector.isAnyDue());
        assertEquals(-1, stage.collector.addDue());
        stage.finish();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldGiveZeroWhereNobodyDelivered(Way way) {
        Stage stage = new Stage(way);
        for (int[] steps : new int[][]{{DROP, DROP + 1, DROP + 2}, {END + 2, END + 1, END},
                {DROP + 1, 4, END, DROP + 2}}) {
            for (int pattern : new int[]{NOTHING, EVERYTHING}) {
                stage.open(everybody(), NOBODY);
                stage.play(steps, pattern);
                stage.finish();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldCountAMemberThatIsNotWaitedForWhereItIsInTime(Way way) {
        Stage stage = new Stage(way);
        int count = 0;
        int counted = 0;
        for (int[] order : ORDERS) {
            for (int stranger = 1; stranger < WORKERS; stranger++) {
                for (int pattern : new int[]{NOTHING, pattern(count++)}) {
                    BitSet members = everybody();
                    members.clear(stranger);
                    stage.open(members, NOBODY);
                    stage.play(order, pattern);
                    stage.finish();
                    counted += stage.framesOf(stranger).cardinality();
                }
            }
        }
        assertTrue(counted > 0 && counted < FRAMES * count * 2, "some in time, some not: " + counted);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldLeaveOutAFrameWithADamagedBlockWhetherItWaitsOrArrives(Way way) {
        Stage stage = new Stage(way);
        int count = 0;
        for (int[] order : ORDERS) {
            for (int damaged = 0; damaged < WORKERS; damaged++) {
                stage.open(everybody(), damaged);
                stage.play(order, pattern(count++));
                stage.finish();
                stage.open(everybody(), damaged);
                stage.play(insert(order, count % (ARRIVALS + 1), DROP + count / 7 % WORKERS), pattern(count));
                stage.finish();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldForgetAnAttemptThatIsBegunAgain(Way way) {
        Stage stage = new Stage(way);
        int count = 0;
        for (int[] order : ORDERS) {
            for (int length = 0; length <= ARRIVALS; length++) {
                int[] steps = insert(order, count % (ARRIVALS + 1), DROP + count / 7 % WORKERS);
                stage.open(everybody(), count % WORKERS);
                stage.play(Arrays.copyOf(steps, length), pattern(count));
                stage.reopen(everybody());
                assertEquals(-1, stage.collector.addDue(), "of the attempt before");
                assertEquals(-1, stage.collector.addEarly(), "of the attempt before");
                stage.play(order, pattern(~count++));
                stage.finish();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldNameTheCoordinateOfTheMeanThatOverflows(Way way) {
        Stage stage = new Stage(way);
        for (int worker = 0; worker < WORKERS; worker++) {
            stage.damaged[worker].set(ValueLayout.JAVA_FLOAT_UNALIGNED, stage.damage[worker], Float.MAX_VALUE);
        }
        stage.collector.open(ROUND, everybody(), stage.store);
        NonFiniteGradientException thrown = assertThrows(NonFiniteGradientException.class, () -> {
            for (int worker = 0; worker < WORKERS; worker++) {
                for (int frame = 0; frame < FRAMES; frame++) {
                    stage.collector.accept(worker, frame, 1,
                            stage.damaged[worker].address() + way.up.payloadOffset(frame),
                            stage.lengths[worker][frame]);
                }
            }
        });
        long first = way.up.blocks().offset(stage.damagedBlock);
        long end = first + way.up.blocks().length(stage.damagedBlock);
        assertTrue(first <= thrown.index() && thrown.index() < end, thrown + ", expected " + first + ".." + end);
    }

    /** A collector and its expected result. */
    private static final class Stage {
        final FrameLayout up;
        final FrameLayout down;
        final RoundCollector collector;
        final MeanStore store;
        /** By frame: the workers whose frames were accepted, one bit each. */
        final int[] came = new int[FRAMES];
        int malformed;
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment[] sound = new MemorySegment[WORKERS];
        private final MemorySegment[] damaged = new MemorySegment[WORKERS];
        /** By worker and frame: bytes of the payload. */
        private final int[][] lengths = new int[WORKERS][FRAMES];
        private final int damagedBlock;
        /** By worker: offset of that block's payload. */
        private final long[] damage = new long[WORKERS];
        private final Map<Integer, MemorySegment> means = new HashMap<>();
        private final BitSet expected = new BitSet();
        private final BitSet ended = new BitSet();
        private int damagedWorker;
        private int[] steps;
        private int pattern;

        Stage(Way way) {
            up = way.up;
            down = way.down;
            assertEquals(FRAMES, up.frameCount(), up.toString());
            assertTrue(down.frameCount() != FRAMES, down.toString());
            collector = new RoundCollector(up, down, WORKERS, JOB_SEED, arena);
            store = new MeanStore(down, arena);
            damagedBlock = (up.firstBlock(1) + up.endBlock(1) - 1) / 2;
            FrameEncoders encoders = new FrameEncoders(up, 1, Method::codec, arena);
            MemorySegment update = NativeMemory.allocate(arena, (long) up.dimension() * Float.BYTES);
            for (int worker = 0; worker < WORKERS; worker++) {
                Random random = new Random(worker);
                for (int i = 0; i < up.dimension(); i++) {
                    update.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
                }
                sound[worker] = NativeMemory.allocate(arena, up.maxPayloadBytes());
                damaged[worker] = NativeMemory.allocate(arena, up.maxPayloadBytes());
                encoders.clear();
                for (int frame = 0; frame < FRAMES; frame++) {
                    MemorySegment payload = encoders.payload(frame, update, JOB_SEED, ROUND, worker);
                    lengths[worker][frame] = encoders.payloadBytes(frame);
                    MemorySegment.copy(payload, 0, sound[worker], up.payloadOffset(frame), lengths[worker][frame]);
                }
                damage[worker] = position(worker, damagedBlock);
                damaged[worker].copyFrom(sound[worker]);
                damaged[worker].set(ValueLayout.JAVA_FLOAT_UNALIGNED, damage[worker], Float.NaN);
            }
        }

        /** Returns the offset of a block's payload among those of a worker. */
        private long position(int worker, int wanted) {
            int frame = wanted < up.firstBlock(1) ? 0 : 1;
            long position = up.payloadOffset(frame);
            for (int block = up.firstBlock(frame); block < wanted; block++) {
                position += up.lengthBytes(block) + up.payloadBytes(block, sound[worker], position);
            }
            return position + up.lengthBytes(wanted);
        }

        /** @param damagedOne the worker whose second frame has a malformed block */
        void open(BitSet members, int damagedOne) {
            begin(members, damagedOne);
            collector.open(ROUND, members, store);
        }

        void reopen(BitSet members) {
            begin(members, NOBODY);
            collector.reopen(members, store);
        }

        private void begin(BitSet members, int damagedOne) {
            expected.clear();
            expected.or(members);
            ended.clear();
            Arrays.fill(came, 0);
            malformed = 0;
            damagedWorker = damagedOne;
            store.open(ROUND);
        }

        void play(int[] newSteps, int newPattern) {
            steps = newSteps;
            pattern = newPattern;
            for (int i = 0; i < steps.length; i++) {
                step(steps[i]);
                if ((pattern >> 2 * i & 1) != 0) {
                    malformed += Math.max(collector.addEarly(), 0);
                }
                if ((pattern >> 2 * i & 2) != 0) {
                    malformed += Math.max(collector.addDue(), 0);
                }
                if (!isWhole(0) || !isWhole(1)) {
                    assertFalse(collector.isComplete(), this::toString);
                }
            }
        }

        private void step(int step) {
            if (step >= END) {
                int worker = step - END;
                if (expected.get(worker) && framesOf(worker).cardinality() < FRAMES) {
                    ended.set(worker);
                    expected.clear(worker);
                }
                collector.end(worker);
            } else if (step >= DROP) {
                expected.clear(step - DROP);
                collector.drop(step - DROP);
            } else {
                arrive(step / FRAMES, step % FRAMES);
            }
        }

        private void arrive(int worker, int frame) {
            if (collector.isInTime(worker, frame)) {
                MemorySegment payloads = worker == damagedWorker ? damaged[worker] : sound[worker];
                malformed += collector.accept(worker, frame, WEIGHTS[worker],
                        payloads.address() + up.payloadOffset(frame), lengths[worker][frame]);
                came[frame] |= 1 << worker;
            } else {
                assertFalse(expected.get(worker), this::toString);
                assertTrue(hasTurned(worker, frame) || came[frame] >> worker + 1 != 0, this::toString);
            }
        }

        /** Returns whether a frame has arrived from all awaited workers before this one. */
        private boolean hasTurned(int worker, int frame) {
            return expected.stream().allMatch(other -> other > worker || (came[frame] >> other & 1) != 0);
        }

        /** Returns whether a frame has arrived from all awaited workers. */
        private boolean isWhole(int frame) {
            return expected.stream().allMatch(worker -> (came[frame] >> worker & 1) != 0);
        }

        private BitSet framesOf(int worker) {
            BitSet frames = new BitSet();
            for (int frame = 0; frame < FRAMES; frame++) {
                frames.set(frame, (came[frame] >> worker & 1) != 0);
            }
            return frames;
        }

        /** Adds what is due, and compares. */
        void finish() {
            for (int turns = 0; collector.isAnyDue(); turns++) {
                assertTrue(turns < FRAMES, this::toString);
                malformed += collector.addDue();
            }
            assertTrue(collector.isComplete(), this::toString);
            assertEquals(-1, collector.addEarly(), this::toString);
            boolean isDamaged = damagedWorker >= 0 && framesOf(damagedWorker).get(1);
            assertEquals(isDamaged ? 1 : 0, malformed, this::toString);
            BitSet whole = new BitSet();
            Map<Integer, BitSet> partial = new TreeMap<>();
            int lost = 0;
            for (int worker = 0; worker < WORKERS; worker++) {
                BitSet frames = framesOf(worker);
                lost += ended.get(worker) ? FRAMES - frames.cardinality() : 0;
                boolean spoilt = isDamaged && worker == damagedWorker;
                whole.set(worker, !spoilt && (frames.cardinality() == FRAMES || ended.get(worker)));
                frames.clear(spoilt ? 1 : FRAMES);
                if ((ended.get(worker) || !frames.isEmpty()) && frames.cardinality() < FRAMES) {
                    partial.put(worker, frames);
                }
            }
            assertEquals(whole, collector.contributors(), this::toString);
            assertEquals(partial, collector.partial(), this::toString);
            assertEquals(lost, collector.lostFrames(), this::toString);
            MemorySegment mean = means.computeIfAbsent(came[0] | came[1] << WORKERS
                    | (isDamaged ? damagedWorker + 1 : 0) << 2 * WORKERS, _ -> mean(isDamaged));
            assertMean(mean);
        }

        /** Returns the encoded mean of the arrivals, each frame at its largest possible offset. */
        private MemorySegment mean(boolean isDamaged) {
            UpdateBlocks.Codecs decoders = UpdateBlocks.Codecs.of(up.blocks());
            UpdateBlocks blocks = up.blocks();
            MemorySegment sum = NativeMemory.allocate(arena, (long) blocks.sumLength() * Float.BYTES);
            for (int block = 0; block < blocks.blockCount(); block++) {
                double weights = 0;
                long first = blocks.sumOffset(block);
                for (int worker = 0; worker < WORKERS; worker++) {
                    boolean leftOut = isDamaged && worker == damagedWorker && block >= up.firstBlock(1);
                    if (framesOf(worker).get(block < up.firstBlock(1) ? 0 : 1) && !leftOut) {
                        long position = position(worker, block);
                        int bytes = up.payloadBytes(block, sound[worker], position - up.lengthBytes(block));
                        decoders.of(block)
                            .accumulate(sound[worker], position, bytes, blocks.length(block),
                                    BlockSeed.of(JOB_SEED, ROUND, worker, block), WEIGHTS[worker], sum, first);
                        weights += WEIGHTS[worker];
                    }
                }
                if (weights > 0) {
                    decoders.of(block)
                        .finish(blocks.length(block), BlockSeed.of(JOB_SEED, ROUND, 0, block), sum, first);
                    for (long i = first; i < first + blocks.length(block); i++) {
                        float added = sum.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        sum.setAtIndex(ValueLayout.JAVA_FLOAT, i, added * (float) (1 / weights));
                    }
                }
                blocks.settle(block, sum);
            }
            FrameEncoders encoders = new FrameEncoders(down, 1, Method::codec, arena);
            MemorySegment mean = arena.allocate(down.maxPayloadBytes());
            for (int frame = 0; frame < down.frameCount(); frame++) {
                MemorySegment payload = encoders.payload(frame, sum, JOB_SEED, ROUND, BlockSeed.AGGREGATOR);
                MemorySegment.copy(payload, 0, mean, down.payloadOffset(frame), encoders.payloadBytes(frame));
            }
            return mean;
        }

        /** Asserts that the frames of the mean are the expected ones, up to their length. */
        private void assertMean(MemorySegment mean) {
            for (int frame = 0; frame < down.frameCount(); frame++) {
                long from = down.payloadOffset(frame);
                int bytes = store.payloadBytes(frame);
                assertTrue(down.fits(frame, store.payloads(), from, bytes), this::toString);
                assertEquals(-1, MemorySegment.mismatch(mean, from, from + bytes, store.payloads(), from, from + bytes),
                        this::toString);
            }
        }

        @Override
        public String toString() {
            return "steps " + Arrays.toString(steps) + ", pattern " + Integer.toBinaryString(pattern) + ", damaged "
                    + damagedWorker + ": frames came of " + Arrays.toString(came) + ", awaited " + expected;
        }
    }

    private static BitSet everybody() {
        BitSet everybody = new BitSet();
        everybody.set(0, WORKERS);
        return everybody;
    }

    /** Returns no or all work in one of four cases each, and some in the others. */
    private static int pattern(int count) {
        int drawn = count * 0x9E3779B9;
        return switch (drawn >>> 30) {
            case 0 -> NOTHING;
            case 1 -> EVERYTHING;
            default -> drawn >>> 4;
        };
    }

    private static int[] insert(int[] order, int position, int step) {
        int[] steps = new int[order.length + 1];
        System.arraycopy(order, 0, steps, 0, position);
        steps[position] = step;
        System.arraycopy(order, position, steps, position + 1, order.length - position);
        return steps;
    }

    private static List<int[]> orders() {
        List<int[]> orders = List.of(new int[0]);
        for (int step = 0; step < ARRIVALS; step++) {
            List<int[]> longer = new ArrayList<>();
            for (int[] order : orders) {
                for (int position = 0; position <= order.length; position++) {
                    longer.add(insert(order, position, step));
                }
            }
            orders = longer;
        }
        return orders;
    }
}
