package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.local.LocalJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Threads of one JVM get the same results as over Aeron. */
@Timeout(120)
class LocalJobTest {
    private static final int WORKERS = 3;
    private static final int ROUNDS = 4;
    private static final int DIMENSION = 9000;
    private static final Method EDEN = Method.parse("eden:bits=4");
    private static final float[] WEIGHTS = {1, 2.5f, .75f};

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** One member's view of one round. */
    private record Seen(RoundResult result, float[] mean, float[] model) {
        /** Returns the result without the fields that only a network has. */
        RoundResult comparable() {
            return new RoundResult(result.round(), result.attempts(), result.members(), result.contributors(),
                    result.counted(), result.partial(), result.resynchronised(), result.uncounted(), result.missing(),
                    result.bytesUp(), result.bytesDown(), 0, result.transportBytes(), 0, result.expectedError());
        }
    }

    @ParameterizedTest
    @CsvSource({"eden:bits=4,eden:bits=8,65504,false", "eden:bits=1,eden:bits=2,1408,false",
            "'eden:bits=2,coding=entropy','eden:bits=4,coding=entropy',65504,false",
            "topk:fraction=0.1,none,65504,true", "none;topk:fraction=0.1@1;topk:fraction=0.3@3,none,65504,true",
            "none;eden:bits=4@1;eden:bits=1@2,none;eden:bits=8@2,1408,false",
            "'sq:bits=6,rotate=true',drive,1408,false", "none,none,65504,false"})
    void shouldGiveWhatAJobOverAeronGives(String up, String down, int mtu, boolean errorFeedback) throws Exception {
        Method method = Method.parse(up);
        UpdateLayout layout = UpdateLayout
            .parse("300 absent frozen\n5000 %1$s 0_W\n50 none 0_b\n3650 %1$s 1_W\n".formatted(up));
        List<List<Seen>> overAeron;
        List<RoundStatistics> reported;
        try (Job job = new Job(Job.Channel.IPC, WORKERS, method, Method.parse(down), options -> options.mtu(mtu))) {
            for (int worker = 0; worker < WORKERS; worker++) {
                job.join(worker, 1, options -> {
                    WorkerBuilder wish = options.layout(layout).mtu(mtu);
                    return errorFeedback ? wish.errorFeedback() : wish;
                });
            }
            overAeron = train(job.workers);
            Job.await("reports of all rounds", () -> job.rounds.size() == ROUNDS);
            reported = List.copyOf(job.rounds);
        }
        List<RoundStatistics> rounds = new CopyOnWriteArrayList<>();
        LocalJob local = LocalJob.builder(WORKERS, method)
            .downlink(Method.parse(down))
            .mtu(mtu)
            .jobSeed(Job.SEED)
            .onRound(rounds::add)
            .build();
        List<Member> members = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            LocalJob.Joining joining = local.member(layout);
            members.add((errorFeedback ? joining.errorFeedback() : joining).join());
        }
        List<List<Seen>> inProcess = train(members);
        for (int worker = 0; worker < WORKERS; worker++) {
            for (int round = 0; round < ROUNDS; round++) {
                Seen expected = overAeron.get(worker).get(round);
                Seen seen = inProcess.get(worker).get(round);
                assertArrayEquals(expected.mean(), seen.mean());
                assertArrayEquals(expected.model(), seen.model());
                assertEquals(expected.result().uncounted(), seen.result().uncounted());
                if (expected.result().attempts() == 1) { // the bytes of a second attempt depend on timing
                    assertEquals(expected.comparable(), seen.comparable());
                }
            }
        }
        for (int round = 0; round < ROUNDS - 1; round++) {
            assertEquals(reported.get(round).bytesUp(), rounds.get(round).bytesUp());
            assertEquals(reported.get(round).bytesDown(), rounds.get(round).bytesDown());
            assertEquals(reported.get(round).wireBitsUp(), rounds.get(round).wireBitsUp());
            assertEquals(reported.get(round).wireBitsDown(), rounds.get(round).wireBitsDown());
            assertEquals(reported.get(round).contributors(), rounds.get(round).contributors());
            assertEquals(reported.get(round).expectedError(), rounds.get(round).expectedError());
        }
    }

    /** Returns results by member and round; the last round has an update near the end of the range. */
    private List<List<Seen>> train(List<? extends Member> members) throws Exception {
        List<Callable<List<Seen>>> tasks = new ArrayList<>();
        for (Member member : members) {
            tasks.add(() -> {
                List<Seen> seen = new ArrayList<>();
                float[] model = Job.gaussian(member.dimension(), 100 + member.index());
                member.shareModel(MemorySegment.ofArray(model));
                for (int round = 0; round < ROUNDS; round++) {
                    float[] update = Job.gaussian(member.dimension(), 31L * round + member.index());
                    if (round == ROUNDS - 1 && member.index() == 1) {
                        Arrays.fill(update, 7e37f);
                    }
                    float[] mean = new float[member.dimension()];
                    RoundResult result = member.exchange(MemorySegment.ofArray(update), WEIGHTS[member.index()],
                            MemorySegment.ofArray(mean));
                    seen.add(new Seen(result, mean, model.clone()));
                }
                return seen;
            });
        }
        return Job.all(threads, tasks);
    }

    private static LocalJob job(int workers) {
        return LocalJob.builder(workers, EDEN).jobSeed(Job.SEED).build();
    }

    @Test
    void shouldEqualTheMeanOfOneProcess() throws Exception {
        LocalJob job = LocalJob.builder(WORKERS, EDEN).jobSeed(Job.SEED).firstRound(7).build();
        Reference reference = new Reference(EDEN, job.downlink(), DIMENSION, 65504, Job.SEED);
        List<Callable<float[]>> tasks = new ArrayList<>();
        List<Reference.Contribution> contributions = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            float[] update = Job.gaussian(DIMENSION, worker);
            contributions.add(new Reference.Contribution(worker, update, WEIGHTS[worker]));
            Member member = job.member(DIMENSION).index(worker).join();
            tasks.add(() -> {
                MemorySegment both = MemorySegment.ofArray(update.clone()); // the mean may overwrite the update
                assertEquals(7, member.exchange(both, WEIGHTS[member.index()], both).round());
                return both.toArray(ValueLayout.JAVA_FLOAT);
            });
        }
        float[] expected = reference.mean(7, contributions);
        for (float[] mean : Job.all(threads, tasks)) {
            assertArrayEquals(expected, mean);
        }
        assertEquals(8, job.round());
    }

    /** A vector that takes part in each mean, and counts its steps; before the exchange if the job keeps the model. */
    private static final class Trained implements Replica {
        final float[] parameters;
        final boolean model;
        int steps;

        Trained(long seed, boolean model) {
            parameters = Job.gaussian(DIMENSION, seed);
            this.model = model;
        }

        void share(Member member) {
            if (model) {
                member.shareModel(MemorySegment.ofArray(parameters), this);
            } else {
                member.shareState(this);
            }
        }

        /** Takes part in a round; returns whether this member was resynchronised instead. */
        boolean round(Member member) {
            long round = member.round();
            steps += model ? 1 : 0;
            float[] mean = new float[DIMENSION];
            RoundResult result = member.exchange(
                    MemorySegment.ofArray(Job.gaussian(DIMENSION, 100 * round + member.index())), 1,
                    MemorySegment.ofArray(mean));
            if (!model && !result.resynchronised()) {
                for (int i = 0; i < DIMENSION; i++) {
                    parameters[i] -= .5f * mean[i];
                }
                steps++;
            }
            return result.resynchronised();
        }

        private long modelBytes() {
            return model ? 0 : (long) DIMENSION * Float.BYTES;
        }

        @Override
        public long stateBytes() {
            return modelBytes() + Integer.BYTES;
        }

        @Override
        public void save(MemorySegment target) {
            MemorySegment.copy(MemorySegment.ofArray(parameters), 0, target, 0, modelBytes());
            target.set(ValueLayout.JAVA_INT_UNALIGNED, modelBytes(), steps);
        }

        @Override
        public void restore(MemorySegment saved) {
            MemorySegment.copy(saved, 0, MemorySegment.ofArray(parameters), 0, modelBytes());
            steps = saved.get(ValueLayout.JAVA_INT_UNALIGNED, modelBytes());
        }
    }

    /**
     * One member pauses after 3 of 10 rounds, and another one leaves permanently after 6; the one that replaces it
     * continues.
     */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldBringWhoPausesOrJoinsLateUpToTheOthers(boolean model) throws Exception {
        LocalJob job = job(3);
        Trained first = new Trained(1, model);
        Trained second = new Trained(2, model);
        Trained third = new Trained(3, model);
        Member one = job.member(DIMENSION).join();
        Member two = job.member(DIMENSION).join();
        Member three = job.member(DIMENSION).join();
        Future<?> leaver = threads.submit(() -> {
            third.share(three);
            while (three.round() < 6) {
                third.round(three);
            }
            three.close();
        });
        AtomicBoolean back = new AtomicBoolean();
        CompletableFuture<Long> end = new CompletableFuture<>();
        Future<?> paused = threads.submit(() -> {
            second.share(two);
            while (two.round() < 3) {
                second.round(two);
            }
            two.pause();
            Job.await("round 5", () -> job.round() >= 5);
            assertEquals(3, two.round());
            assertTrue(second.round(two));
            goOnTogether(second, two, back, end);
            two.pause();
        });
        first.share(one);
        goOnUntilBack(first, one, back, end);
        leaver.get();
        paused.get();
        assertArrayEquals(first.parameters, second.parameters);
        assertEquals(first.steps, second.steps);

        Trained late = new Trained(4, model);
        Member joiner = job.member(DIMENSION).join();
        assertEquals(2, joiner.index());
        AtomicBoolean joined = new AtomicBoolean();
        CompletableFuture<Long> last = new CompletableFuture<>();
        Future<?> joining = threads.submit(() -> {
            late.share(joiner);
            goOnTogether(late, joiner, joined, last);
        });
        goOnUntilBack(first, one, joined, last);
        joining.get();
        assertArrayEquals(first.parameters, late.parameters);
        assertEquals(first.steps, late.steps);
    }

    /** A resynchronised member takes part until the end that the other one sets. */
    private static void goOnTogether(Trained trained, Member member, AtomicBoolean back, CompletableFuture<Long> end) {
        back.set(true);
        while (!end.isDone() || member.round() < end.join()) {
            assertFalse(trained.round(member));
        }
    }

    /** A lone member ends rounds in microseconds: it continues until the other one is back, and for five more rounds. */
    private static void goOnUntilBack(Trained trained, Member member, AtomicBoolean back, CompletableFuture<Long> end) {
        while (!back.get()) {
            trained.round(member);
        }
        end.complete(member.round() + 5);
        while (member.round() < end.join()) {
            trained.round(member);
        }
    }

    @Test
    void shouldGoOnWithoutAMemberWhoseUpdateCannotBeEncoded() throws Exception {
        LocalJob job = job(2);
        Member one = job.member(DIMENSION).join();
        Member two = job.member(DIMENSION).join();
        float[] bad = Job.gaussian(DIMENSION, 1);
        bad[17] = Float.NaN;
        Future<Job.Exchanged> good = threads.submit(() -> exchange(one, Job.gaussian(DIMENSION, 2)));
        NonFiniteGradientException thrown = assertThrows(NonFiniteGradientException.class, () -> exchange(two, bad));
        TransportException later = assertThrows(TransportException.class,
                () -> exchange(two, Job.gaussian(DIMENSION, 3)));
        assertEquals(thrown.getMessage(), later.getMessage());
        assertEquals(List.of(0), good.get().result().counted());
        Member three = job.member(DIMENSION).join();
        assertEquals(1, three.index());
        // Both go on until a round has counted both, which is the same round: a round waits for every member in place.
        Future<?> joined = threads.submit(() -> {
            while (!exchange(three, Job.gaussian(DIMENSION, 4)).result().contributed()) {
                assertFalse(Thread.currentThread().isInterrupted());
            }
        });
        while (exchange(one, Job.gaussian(DIMENSION, 2)).result().contributors() < 2) {
            assertFalse(Thread.currentThread().isInterrupted());
        }
        joined.get();
        three.close();
        assertEquals(List.of(0), exchange(one, Job.gaussian(DIMENSION, 2)).result().counted());
    }

    private static Job.Exchanged exchange(Member member, float[] update) {
        float[] mean = new float[update.length];
        return new Job.Exchanged(
                member.exchange(MemorySegment.ofArray(update), 1, MemorySegment.ofArray(mean)), mean);
    }

    @Test
    void shouldLeaveOutWhatNoMeanCanHold() throws Exception {
        List<RoundStatistics> rounds = new CopyOnWriteArrayList<>();
        Method none = Method.parse("none");
        LocalJob job = LocalJob.builder(2, none).downlink(EDEN).onRound(rounds::add).build();
        Member one = job.member(DIMENSION).join();
        Member two = job.member(DIMENSION).join();
        float[] huge = new float[DIMENSION];
        Arrays.fill(huge, 3.4e38f);
        Future<RoundResult> other = threads.submit(() -> two.exchange(MemorySegment.ofArray(huge), 3,
                MemorySegment.ofArray(new float[DIMENSION])));
        RoundResult result = exchange(one, Job.gaussian(DIMENSION, 1)).result();
        assertEquals(List.of(0), result.counted());
        assertEquals(List.of(1), result.missing());
        assertFalse(other.get().contributed());
        assertEquals(LeftOut.Reason.BEYOND_RANGE, rounds.getFirst().leftOut().getFirst().reason());
    }

    @Test
    void shouldEndAllCallsWhenTheJobIsClosed() throws Exception {
        LocalJob job = job(2);
        Member one = job.member(DIMENSION).join();
        Member two = job.member(DIMENSION).join();
        Future<Job.Exchanged> waiting = threads.submit(() -> exchange(one, new float[DIMENSION]));
        job.close();
        assertEquals("the job was closed",
                assertThrows(ExecutionException.class, waiting::get).getCause().getMessage());
        assertThrows(TransportException.class, () -> exchange(two, new float[DIMENSION]));
        assertEquals("aggregator rejected this worker: the job has ended: the job was closed",
                assertThrows(JoinRejectedException.class, () -> job.member(DIMENSION).join()).getMessage());
    }

    @Test
    void shouldNameThoseWhoDoNotCome() {
        LocalJob job = LocalJob.builder(3, EDEN).patience(Duration.ofMillis(20)).build();
        Member one = job.member(DIMENSION).join();
        job.member(DIMENSION).join();
        assertEquals(
                "worker 0 has waited for workers 1, 2 in round 0 for 0.02 s: members that take no part must pause()"
                        + " or close(), as many must join as the job has workers",
                assertThrows(TransportException.class, () -> exchange(one, new float[DIMENSION])).getMessage());
    }

    @Test
    void shouldEndTheCallOfAnInterruptedThread() throws Exception {
        LocalJob job = job(2);
        Member one = job.member(DIMENSION).join();
        Member two = job.member(DIMENSION).join();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            thrown.set(assertThrows(TransportException.class, () -> exchange(one, new float[DIMENSION])));
            assertTrue(Thread.currentThread().isInterrupted());
        });
        thread.interrupt();
        assertTrue(thread.join(Duration.ofSeconds(20)));
        assertEquals("this thread was interrupted", thrown.get().getMessage());
        RoundResult result = exchange(two, new float[DIMENSION]).result();
        assertEquals(1, result.attempts());
        assertTrue(result.contributed());
    }

    @Test
    void shouldRefuseMembersThatDiffer() {
        LocalJob job = job(2);
        job.member(UpdateLayout.parse("500 none a\n8500 eden:bits=4 b")).agreement("this").index(1).join();
        assertEquals(RejectCode.AGREEMENT, refused(
                job.member(UpdateLayout.parse("500 none a\n8500 eden:bits=4 b")).agreement("that"))
            .code());
        JoinRejectedException layout = refused(job.member(DIMENSION).agreement("this"));
        assertEquals(
                "aggregator rejected this worker: the layout differs from the job's: part 1 is 'all', coordinates 0"
                        + " to 8999, eden:bits=4, and 'a', coordinates 0 to 499, none in the other layout",
                layout.getMessage());
        LocalJob.Joining same = job.member(UpdateLayout.parse("500 none a\n8500 eden:bits=4 b")).agreement("this");
        assertEquals(RejectCode.INDEX_TAKEN, refused(same.index(1)).code());
        assertEquals(RejectCode.INDEX_RANGE, refused(same.index(2)).code());
        Member other = same.index(0).join();
        assertEquals(RejectCode.INDEX_TAKEN, refused(same).code());
        assertThrows(IllegalArgumentException.class, () -> other.exchange(MemorySegment.ofArray(new float[3]), 1,
                MemorySegment.ofArray(new float[3])));
        assertThrows(IllegalArgumentException.class, () -> other.exchange(MemorySegment.ofArray(new float[DIMENSION]),
                Float.NaN, MemorySegment.ofArray(new float[DIMENSION])));
    }

    private static JoinRejectedException refused(LocalJob.Joining joining) {
        return assertThrows(JoinRejectedException.class, joining::join);
    }
}
