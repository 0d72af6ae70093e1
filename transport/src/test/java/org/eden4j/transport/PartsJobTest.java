package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs whose vectors have parts, compared with a mean computed by the compressor's codecs alone. */
@Timeout(240)
@Tag("thorough")
class PartsJobTest {
    private static final int WORKERS = 3;
    private static final int ROUNDS = 3;
    private static final float[] WEIGHTS = {1, 2.5f, .75f};
    private static final float UNTOUCHED = 12345.678f;
    private static final double LOSS = .1;

    /** The transports of a job's frames. */
    private enum Net {
        IPC, UDP, LOSSY, UNRELIABLE
    }

    private static final String PARTS = """
            300 absent embedding
            20000 %1$s 0_W
            50 none 0_b
            9 none 1_mean
            1 none 1_gamma
            700 absent frozen
            5000 sq:bits=6,rotate=true 2_W
            7000 %1$s 3_W
            33 %1$s 3_b
            12000 float16 4_W
            40 absent head
            """;

    static Stream<Arguments> jobs() {
        return Stream.of(Arguments.of(Net.IPC, 65504, "eden:bits=4", "eden:bits=8"),
                Arguments.of(Net.IPC, 1408, "varying", "eden:bits=4"),
                Arguments.of(Net.IPC, 65504, "varying", "varying"),
                Arguments.of(Net.IPC, 65504, "eden:bits=2,coding=entropy", "eden:bits=4,coding=entropy"),
                Arguments.of(Net.UDP, 1408, "eden:bits=1", "varying"),
                Arguments.of(Net.UDP, 65504, "topk:fraction=0.1", "none"),
                Arguments.of(Net.LOSSY, 1408, "eden:bits=4", "eden:bits=8"),
                Arguments.of(Net.LOSSY, 1408, "varying", "varying"),
                Arguments.of(Net.UNRELIABLE, 1408, "eden:bits=4", "eden:bits=8"),
                Arguments.of(Net.LOSSY, 1408, "eden:bits=2,coding=entropy", "eden:bits=4,coding=entropy"),
                Arguments.of(Net.UNRELIABLE, 1408, "eden:bits=2,coding=entropy", "eden:bits=2,coding=entropy"),
                Arguments.of(Net.UNRELIABLE, 1408, "varying", "varying"));
    }

    private static Job job(Net net, int mtu, Method method, Method downlink) {
        return new Job(net == Net.IPC ? Job.Channel.IPC : Job.Channel.UDP, WORKERS, method, downlink,
                options -> (net == Net.LOSSY || net == Net.UNRELIABLE ? options.injectLoss(new InjectedLoss(LOSS, 7))
                        : options)
                    .reliableUplink(net != Net.UNRELIABLE)
                    .mtu(mtu));
    }

    private static void join(Job job, UpdateLayout layout, int mtu, UnaryOperator<WorkerBuilder> options) {
        for (int worker = 0; worker < WORKERS; worker++) {
            job.join(worker, 1, builder -> options.apply(builder.layout(layout).mtu(mtu)));
        }
    }

    @ParameterizedTest(name = "{0}, MTU {1}, {2} up, {3} down")
    @MethodSource("jobs")
    void shouldGiveTheMeanOfTheReferenceAndLeaveAbsentCoordinatesAlone(Net net, int mtu, String up, String down)
            throws Exception {
        assertMeans(net, mtu, up, down, UpdateLayout.parse(PARTS.formatted(up)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveTheMeanOfTheReferenceForOnePartOfVaryingLength(Net net) throws Exception {
        String method = "eden:bits=2,coding=entropy";
        assertMeans(net, 1408, method, method, UpdateLayout.whole(100_003, Method.parse(method)));
    }

    private static void assertMeans(Net net, int mtu, String up, String down, UpdateLayout layout) throws Exception {
        Method method = Method.parse(up);
        Method downlink = Method.parse(down);
        Reference reference = new Reference(layout, layout.downlink(method, downlink), mtu, Job.SEED);
        FrameLayout frames = FrameLayout.of(layout, mtu);
        try (Job job = job(net, mtu, method, downlink)) {
            join(job, layout, mtu, options -> options);
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    updates.add(update(layout, 10L * round + worker));
                }
                List<Exchanged> all = exchange(job, updates);
                RoundResult result = all.getFirst().result();
                List<Reference.Contribution> counted = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    counted.add(new Reference.Contribution(worker, updates.get(worker), WEIGHTS[worker],
                            counted(result.partial(), worker, frames.blocks())));
                }
                float[] expected = withAbsent(layout, reference.mean(round, counted));
                for (Exchanged exchanged : all) {
                    assertArrayEquals(expected, exchanged.mean(), "round " + round);
                    assertTravelling(layout, exchanged.result().uncounted());
                }
                if (net != Net.UNRELIABLE) {
                    assertEquals(Map.of(), result.partial());
                }
            }
            Job.await("reports", () -> job.rounds.size() == ROUNDS);
            assertCounted(job, frames, net);
        }
    }

    /** Asserts that bytes and bits per coordinate are those sent. */
    private static void assertCounted(Job job, FrameLayout frames, Net net) {
        for (RoundStatistics statistics : job.rounds) {
            long most = WORKERS * frames.totalBytes();
            assertTrue(statistics.bytesUp() <= most, statistics.toString());
            if (net != Net.UNRELIABLE) {
                assertTrue(statistics.bytesUp() == most || frames.varies(), statistics.toString());
                assertEquals(8.0 * statistics.bytesUp() / (WORKERS * (double) frames.coordinates()),
                        statistics.wireBitsUp(), 1e-9);
            }
        }
    }

    private record Exchanged(RoundResult result, float[] mean) {}

    private static List<Exchanged> exchange(Job job, List<float[]> updates) throws Exception {
        List<Callable<Exchanged>> tasks = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            Worker member = job.workers.get(worker);
            float[] update = updates.get(worker);
            float weight = WEIGHTS[worker];
            tasks.add(worker == 0 ? () -> inPlace(member, update, weight) : () -> {
                float[] mean = new float[update.length];
                Arrays.fill(mean, UNTOUCHED);
                return new Exchanged(
                        member.exchange(MemorySegment.ofArray(update), weight, MemorySegment.ofArray(mean)),
                        mean);
            });
        }
        return job.all(tasks);
    }

    /** Exchanges in place and off the heap. */
    private static Exchanged inPlace(Worker member, float[] update, float weight) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment vector = arena.allocateFrom(ValueLayout.JAVA_FLOAT, update);
            RoundResult result = member.exchange(vector, weight, vector);
            return new Exchanged(result, vector.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    /** Returns an update; a mean must preserve the values of absent coordinates. */
    private static float[] update(UpdateLayout layout, long seed) {
        return withAbsent(layout, Job.gaussian(layout.dimension(), seed));
    }

    private static float[] withAbsent(UpdateLayout layout, float[] vector) {
        layout.parts()
            .stream()
            .filter(part -> part.method().isEmpty())
            .forEach(part -> Arrays.fill(vector, part.first(), part.end(), UNTOUCHED));
        return vector;
    }

    private static void assertTravelling(UpdateLayout layout, List<CoordinateRange> ranges) {
        for (Part part : layout.parts()) {
            assertTrue(part.method().isPresent() || ranges.stream()
                .allMatch(range -> range.end() <= part.first() || range.first() >= part.end()), ranges.toString());
        }
    }

    /** Returns the counted blocks; null for all. */
    private static BitSet counted(Map<Integer, List<CoordinateRange>> partial, int worker, UpdateBlocks blocks) {
        List<CoordinateRange> ranges = partial.get(worker);
        if (ranges == null) {
            return null;
        }
        BitSet counted = new BitSet();
        for (int block = 0; block < blocks.blockCount(); block++) {
            int first = blocks.offset(block);
            counted.set(block, ranges.stream().anyMatch(range -> range.contains(first)));
        }
        return counted;
    }

    @Test
    void shouldSendWithTheNextUpdateWhatEachPartLeftUnsent() throws Exception {
        UpdateLayout layout = UpdateLayout.parse(PARTS.formatted("topk:fraction=0.05"));
        Method none = Method.parse("none");
        Method topK = Method.parse("topk:fraction=0.05");
        Reference reference = new Reference(layout, layout.downlink(topK, none), 65504, Job.SEED);
        UpdateBlocks blocks = FrameLayout.of(layout, 65504).blocks();
        ErrorFeedback[] feedback = new ErrorFeedback[WORKERS];
        Arrays.setAll(feedback, _ -> new ErrorFeedback(layout.dimension()));
        try (Job job = job(Net.IPC, 65504, topK, none)) {
            join(job, layout, 65504, WorkerBuilder::errorFeedback);
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                List<Reference.Contribution> sent = new ArrayList<>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    float[] update = update(layout, 10L * round + worker);
                    updates.add(update);
                    sent.add(new Reference.Contribution(worker, corrected(update, feedback[worker]), WEIGHTS[worker]));
                    encode(blocks, update, feedback[worker], round, worker);
                }
                float[] expected = withAbsent(layout, reference.mean(round, sent));
                for (Exchanged exchanged : exchange(job, updates)) {
                    assertArrayEquals(expected, exchanged.mean(), "round " + round);
                }
            }
        }
    }

    private static float[] corrected(float[] update, ErrorFeedback feedback) {
        float[] corrected = update.clone();
        for (int i = 0; i < corrected.length; i++) {
            corrected[i] += feedback.residual().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return corrected;
    }

    private static void encode(UpdateBlocks blocks, float[] update, ErrorFeedback feedback, int round, int worker) {
        UpdateBlocks.Codecs codecs = new UpdateBlocks.Codecs(blocks, feedback::encoder);
        for (int block = 0; block < blocks.blockCount(); block++) {
            int length = blocks.length(block);
            byte[] payload = new byte[blocks.method(block).maxPayloadBytes(length)];
            codecs.of(block)
                .encode(MemorySegment.ofArray(update), blocks.offset(block), length,
                        BlockSeed.of(Job.SEED, round, worker, block), MemorySegment.ofArray(payload), 0);
        }
        feedback.commit();
    }

    @Test
    void shouldCarryAbsentCoordinatesInModelsAndLeaveThemThereInRounds() throws Exception {
        UpdateLayout layout = UpdateLayout.parse(PARTS.formatted("eden:bits=4"));
        float[] model = Job.gaussian(layout.dimension(), 99);
        try (Job job = job(Net.IPC, 65504, Method.parse("eden:bits=4"), Method.parse("eden:bits=8"))) {
            join(job, layout, 65504, options -> options);
            List<float[]> models = shared(job, model);
            models.forEach(own -> assertArrayEquals(model, own));
            List<float[]> updates = List.of(update(layout, 1), update(layout, 2), update(layout, 3));
            List<Exchanged> exchanged = exchange(job, updates);
            float[] expected = model.clone();
            for (Part part : layout.parts()) {
                for (int i = part.first(); i < part.end() && part.method().isPresent(); i++) {
                    expected[i] += exchanged.getFirst().mean()[i];
                }
            }
            job.workers.removeLast().close();
            Worker joiner = job.join(2, 1, builder -> builder.layout(layout));
            float[] given = new float[layout.dimension()];
            joiner.shareModel(MemorySegment.ofArray(given));
            assertArrayEquals(expected, given);
            models.forEach(own -> assertArrayEquals(expected, own));
        }
    }

    private static List<float[]> shared(Job job, float[] model) throws Exception {
        List<Callable<float[]>> sharing = new ArrayList<>();
        for (Worker worker : job.workers) {
            float[] own = worker.index() == 0 ? model.clone() : new float[model.length];
            sharing.add(() -> {
                worker.shareModel(MemorySegment.ofArray(own));
                return own;
            });
        }
        return job.all(sharing);
    }
}
