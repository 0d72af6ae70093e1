package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.elementwise.None;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Joins, rejections, shared models and leaves. */
@Timeout(60)
class MembershipTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 25_450;

    private static void assertRejected(RejectCode code, String reason, Job job, WorkerBuilder worker) {
        JoinRejectedException e = assertThrows(JoinRejectedException.class, worker::join);
        assertEquals(code, e.code());
        assertEquals("aggregator rejected this worker: " + reason, e.getMessage());
        assertFalse(job.aggregator.await(Duration.ZERO), "the job goes on");
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWithAReasonAndGoOn(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 2, METHOD)) {
            JobAddress address = job.aggregator.address();
            job.join(0, DIMENSION);
            assertRejected(RejectCode.DIMENSION, "dimension 431080 differs from the job's 25450", job,
                    Worker.builder(address, 431_080, METHOD));
            assertRejected(RejectCode.METHOD, "method drive differs from the job's eden:bits=4", job,
                    Worker.builder(address, DIMENSION, Method.parse("drive")));
            assertRejected(RejectCode.MTU, "MTU 1408 differs from the job's 65504", job,
                    Worker.builder(address, DIMENSION, METHOD).mtu(1408));
            assertRejected(RejectCode.INDEX_TAKEN, "worker number 0 is taken by another member", job,
                    Worker.builder(address, DIMENSION, METHOD).index(0));
            assertRejected(RejectCode.INDEX_RANGE, "worker number 2 is not in 0..1", job,
                    Worker.builder(address, DIMENSION, METHOD).index(2));
            job.join(1, DIMENSION);
            assertRejected(RejectCode.JOB_STARTED, "all 2 places of the job are taken", job,
                    Worker.builder(address, DIMENSION, METHOD));
            float[] update = Job.gaussian(DIMENSION, 3);
            for (Job.Exchanged exchanged : job.exchange(job.workers, List.of(update, update), new float[]{1, 1})) {
                assertEquals(2, exchanged.result().contributors());
            }
        }
    }

    /** A method known only to the aggregator. */
    private record Elsewhere() implements Method {
        private static final MethodType TYPE = MethodType.of("elsewhere", 255, _ -> new Elsewhere(), "elsewhere");

        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public BlockCodec codec() {
            return new None().codec();
        }

        @Override
        public int maxPayloadBytes(int length) {
            return Float.BYTES * length;
        }

        @Override
        public double bitsPerCoordinate() {
            return Float.SIZE;
        }

        @Override
        public boolean isUnbiased() {
            return true;
        }

        @Override
        public String toString() {
            return "elsewhere";
        }
    }

    @Test
    void shouldNameTheMethodThatAWorkerLacksAndGoOn() {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, new Elsewhere(), options -> options)) {
            String message = assertThrows(TransportException.class, () -> job.join(0, DIMENSION)).getMessage();
            assertTrue(
                    message.contains("this worker cannot take part: the job sends its means as elsewhere, which is "
                            + "unknown here: method 'elsewhere': 'elsewhere' is not one of eden, "),
                    message);
            assertTrue(message.contains("EDEN4J_CLASSPATH"), message);
            assertFalse(job.aggregator.await(Duration.ZERO), "the job goes on");
        }
    }

    @Test
    void shouldRefuseAnotherVersionAndNonsense() {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD);
                RawMember newer = new RawMember(job, 0);
                RawMember negative = new RawMember(job, 1)) {
            newer.join(Protocol.VERSION + 1, DIMENSION, 65504, -1, METHOD.toString());
            assertEquals(RejectCode.VERSION, newer.rejection);
            assertEquals("protocol version 5 differs from the job's 4", newer.reason);
            negative.join(Protocol.VERSION, -5, 65504, -1, METHOD.toString());
            assertEquals(RejectCode.MALFORMED, negative.rejection);
            assertEquals("dimension must be at least 1, got -5", negative.reason);
        }
    }

    @Test
    void shouldGiveTheLowestFreeNumberToWhoDoesNotAsk() {
        try (Job job = new Job(Job.Channel.IPC, 3, METHOD)) {
            job.join(1, DIMENSION);
            Worker first = Worker.builder(job.aggregator.address(), DIMENSION, METHOD).join();
            Worker second = Worker.builder(job.aggregator.address(), DIMENSION, METHOD).join();
            job.workers.add(first);
            job.workers.add(second);
            assertEquals(0, first.index());
            assertEquals(2, second.index());
            assertEquals(3, first.workers());
            assertEquals(Job.SEED, first.jobSeed());
            assertEquals("eden:bits=8", first.downlink().toString());
        }
    }

    @Test
    void shouldGiveUpWhereNoAggregatorIs() {
        TransportException e = assertThrows(TransportException.class,
                () -> Worker.builder(JobAddress.udp("127.0.0.1", 9), 10, METHOD)
                    .joinTimeout(Duration.ofMillis(500))
                    .join());
        assertEquals("cannot join udp:127.0.0.1:9: no aggregator was there to join within 500 ms", e.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void shouldFailForAllWhenNotAllJoinInTime(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 3, METHOD, METHOD, options -> options.joinTimeout(Duration.ofSeconds(2)))) {
            Worker worker = job.join(1, DIMENSION);
            String reason = "only 1 of 3 workers joined within 2000 ms; missing workers 0, 2; a longer joinTimeout of the aggregator waits for them";
            TransportException e = assertThrows(TransportException.class,
                    () -> Job.exchange(worker, new float[DIMENSION], 1));
            assertEquals(reason, e.getMessage());
            assertEquals(reason, assertThrows(TransportException.class, job.aggregator::awaitEnd).getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldShareTheModelBitForBit(Job.Channel channel) throws Exception {
        int dimension = 431_080;
        try (Job job = new Job(channel, 3, METHOD)) {
            IntStream.range(0, 3).forEach(index -> job.join(index, dimension));
            float[] model = Job.gaussian(dimension, 9);
            model[17] = -0f;
            List<float[]> copies = List.of(model.clone(), new float[dimension], new float[dimension]);
            List<Callable<Void>> tasks = IntStream.range(0, 3).<Callable<Void>>mapToObj(i -> () -> {
                job.workers.get(i).shareModel(MemorySegment.ofArray(copies.get(i)));
                return null;
            }).toList();
            job.all(tasks);
            for (float[] copy : copies) {
                assertArrayEquals(model, copy);
            }
            float[] update = Job.gaussian(dimension, 3);
            for (Job.Exchanged exchanged : job.exchange(job.workers, List.of(update, update, update),
                    new float[]{1, 1, 1})) {
                assertEquals(3, exchanged.result().contributors());
                assertTrue(exchanged.result().controlBytes() >= 4L * dimension, "the model counts as control");
            }
        }
    }

    @Test
    void shouldTakeTheNextMembersModelWhenTheFirstLeaves() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 3, METHOD)) {
            Worker source = job.join(0, DIMENSION);
            List<Worker> others = List.of(job.join(1, DIMENSION), job.join(2, DIMENSION));
            float[] second = Job.gaussian(DIMENSION, 2);
            float[] third = new float[DIMENSION];
            var waiting = job.submit(() -> {
                others.get(1).shareModel(MemorySegment.ofArray(third));
                return null;
            });
            source.close();
            others.get(0).shareModel(MemorySegment.ofArray(second));
            waiting.get();
            assertArrayEquals(Job.gaussian(DIMENSION, 2), third);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWithoutWhoLeavesAndEndWhenAllHave(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 3, METHOD, METHOD, options -> options.deadline(Duration.ofSeconds(50)))) {
            IntStream.range(0, 3).forEach(index -> job.join(index, DIMENSION));
            float[] update = Job.gaussian(DIMENSION, 3);
            job.exchange(job.workers, List.of(update, update, update), new float[]{1, 1, 1});
            job.workers.get(1).close();
            List<Worker> staying = List.of(job.workers.get(0), job.workers.get(2));
            for (Job.Exchanged exchanged : job.exchange(staying, List.of(update, update), new float[]{1, 1})) {
                assertEquals(2, exchanged.result().contributors());
            }
            assertFalse(job.aggregator.await(Duration.ZERO));
            staying.forEach(Worker::close);
            assertTrue(job.aggregator.await(Duration.ofSeconds(10)), "the job ends");
            TransportException e = assertThrows(TransportException.class,
                    () -> Job.exchange(staying.getFirst(), update, 1));
            assertEquals("this worker is closed", e.getMessage());
        }
    }

    @Test
    void shouldKeepTwoJobsOnOneDriverApart() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD);
                Aggregator other = Aggregator.builder(JobAddress.ipc(job.directory(), 8), 1, Method.parse("drive"))
                    .jobSeed(5)
                    .start();
                Worker second = Worker.builder(other.address(), 300, Method.parse("drive")).join()) {
            Worker first = job.join(0, DIMENSION);
            float[] update = Job.gaussian(DIMENSION, 3);
            float[] small = Job.gaussian(300, 4);
            for (int round = 0; round < 3; round++) {
                assertArrayEquals(new Reference(METHOD, job.downlink, DIMENSION, 65504, Job.SEED)
                    .mean(round, List.of(new Reference.Contribution(0, update, 1))),
                        Job.exchange(first, update, 1).mean());
                assertArrayEquals(new Reference(Method.parse("drive"), DefaultMethods.means(), 300, 65504, 5)
                    .mean(round, List.of(new Reference.Contribution(0, small, 1))),
                        Job.exchange(second, small, 1).mean());
            }
        }
    }

    @Tag("thorough")
    @Test
    void shouldRefuseASecondAggregatorOfAJob() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD)) {
            String message = assertThrows(TransportException.class,
                    () -> Aggregator.builder(job.aggregator.address(), 1, METHOD).start())
                .getMessage();
            assertTrue(message.endsWith("another aggregator has this job; stop it, or choose another job number"),
                    message);
            Worker worker = job.join(0, DIMENSION);
            assertEquals(1, Job.exchange(worker, Job.gaussian(DIMENSION, 3), 1).result().contributors());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveAJoinerTheModelAsItHasBecome(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 3, METHOD, METHOD, options -> options.quorum(1))) {
            List<float[]> models = IntStream.range(0, 3)
                .mapToObj(worker -> Job.gaussian(DIMENSION, worker))
                .collect(java.util.stream.Collectors.toList());
            IntStream.range(0, 3).forEach(index -> job.join(index, DIMENSION));
            job.all(IntStream.range(0, 3).<Callable<Void>>mapToObj(index -> () -> {
                job.workers.get(index).shareModel(MemorySegment.ofArray(models.get(index)));
                return null;
            }).toList());
            float[] update = Job.gaussian(DIMENSION, 7);
            List<float[]> updates = List.of(update, update, update);
            job.exchange(job.workers, updates, new float[]{1, 2, 3});
            job.workers.remove(2).close();
            job.exchange(job.workers, updates.subList(0, 2), new float[]{1, 2});
            Worker late = Worker.builder(job.aggregator.address(), DIMENSION, METHOD).join();
            assertEquals(2, late.index(), "the place that is free");
            assertEquals(2, late.round());
            float[] model = Job.gaussian(DIMENSION, 99);
            late.shareModel(MemorySegment.ofArray(model));
            assertArrayEquals(models.get(0), model);
            job.workers.add(late);
            job.exchange(job.workers, updates, new float[]{1, 2, 3});
            List<Job.Exchanged> last = job.exchange(job.workers, updates, new float[]{1, 2, 3});
            assertEquals(List.of(0, 1, 2), last.get(2).result().counted());
            assertEquals(3, last.get(2).result().round());
            assertArrayEquals(models.get(0), models.get(1));
            assertArrayEquals(models.get(0), model);
        }
    }

    /**
     * Ends round 0 with member 1's update, after which only {@code then} leaves a trace; member 0 leaves before.
     *
     * @return the identity of member 1
     */
    private static long endTheFirstRound(Job job, float[] update, Consumer<RawMember> then) {
        FrameLayout layout = FrameLayout.of(METHOD, DIMENSION, FrameLayout.LARGEST_MTU);
        try (RawMember lost = new RawMember(job, 1)) {
            join(lost, 1);
            try (RawMember gone = new RawMember(job, 0)) {
                join(gone, 0);
            }
            for (int frame = 0; frame < layout.frameCount(); frame++) {
                lost.update(layout, update, lost.epoch, 0, lost.index, frame, 1);
            }
            Job.await("the end of round 0", () -> job.aggregator.standing().round() == 1);
            then.accept(lost);
            return lost.identity();
        }
    }

    private static void join(RawMember member, int index) {
        member.join(Protocol.VERSION, DIMENSION, FrameLayout.LARGEST_MTU, index, METHOD.toString());
    }

    private static Job mayLoseMeans(Job.Channel channel) {
        return new Job(channel, 2, METHOD, METHOD, options -> options.quorum(1));
    }

    private static float[] mean(long round, int worker, float[] update) {
        return new Reference(METHOD, METHOD, DIMENSION, FrameLayout.LARGEST_MTU, Job.SEED)
            .mean(round, List.of(new Reference.Contribution(worker, update, 1)));
    }

    /** Includes a joiner in the place of the member whose update was counted: the counted update is not the joiner's. */
    @ParameterizedTest
    @CsvSource({"IPC, 0", "IPC, 1", "UDP, 0", "UDP, 1"})
    void shouldGiveAJoinerTheMeanThatNobodyMayHave(Job.Channel channel, int place) {
        try (Job job = mayLoseMeans(channel)) {
            float[] counted = Job.gaussian(DIMENSION, 7);
            float[] update = Job.gaussian(DIMENSION, 8);
            long identity = endTheFirstRound(job, counted, _ -> {});
            Worker joiner = job.join(place, DIMENSION, options -> place == 1 ? options.identity(identity) : options);
            assertTrue(Job.exchange(joiner, update, 1).result().resynchronised());
            Job.Exchanged first = Job.exchange(joiner, update, 1);
            assertEquals(0, first.result().round());
            assertArrayEquals(mean(0, 1, counted), first.mean());
            assertEquals(List.of(new CoordinateRange(0, DIMENSION)), first.result().uncounted());
            assertEquals(0, first.result().bytesUp());
            Job.Exchanged second = Job.exchange(joiner, update, 1);
            assertArrayEquals(mean(1, place, update), second.mean());
            assertTrue(second.result().contributed());
        }
    }

    @Test
    void shouldLetAJoinerInAtTheOpenRoundWhereTheMeanBeforeIsInGoodHands() {
        try (Job job = mayLoseMeans(Job.Channel.IPC)) {
            float[] update = Job.gaussian(DIMENSION, 7);
            endTheFirstRound(job, update, member -> Job.await("room for a heartbeat",
                    () -> member.uplink.heartbeat(member.epoch, 1, member.index)));
            Worker joiner = job.join(0, DIMENSION);
            assertTrue(Job.exchange(joiner, update, 1).result().resynchronised());
            Job.Exchanged next = Job.exchange(joiner, update, 1);
            assertEquals(1, next.result().round());
            assertArrayEquals(mean(1, 0, update), next.mean());
        }
    }

    @Test
    void shouldCheckArgumentsAtTheDoor() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD); Arena confined = Arena.ofConfined()) {
            Worker worker = job.join(0, 4);
            MemorySegment four = MemorySegment.ofArray(new float[4]);
            assertEquals("update has 12 bytes, dimension 4 needs 16",
                    assertThrows(IllegalArgumentException.class,
                            () -> worker.exchange(MemorySegment.ofArray(new float[3]), 1, four))
                        .getMessage());
            assertEquals("mean is read-only", assertThrows(IllegalArgumentException.class,
                    () -> worker.exchange(four, 1, four.asReadOnly()))
                .getMessage());
            assertEquals("weight must be finite and not negative, got NaN",
                    assertThrows(IllegalArgumentException.class, () -> worker.exchange(four, Float.NaN, four))
                        .getMessage());
            assertTrue(assertThrows(IllegalArgumentException.class,
                    () -> worker.exchange(confined.allocate(16), 1, four))
                .getMessage()
                .startsWith("update is confined to one thread"));
            assertEquals(1, worker.exchange(four, 1, four).contributors());
        }
    }
}
