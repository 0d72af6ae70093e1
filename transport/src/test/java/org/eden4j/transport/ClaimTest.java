package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members' claims of rounds and states. */
@Timeout(60)
class ClaimTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 5000;
    private static final int MTU = 65504;
    private static final long EPOCH_BEFORE = 41;

    private static RawMember join(RawMember member, StateKind kind, long round) {
        member.held = new StateLabel(kind, (int) EPOCH_BEFORE, round);
        return member.join(Protocol.VERSION, DIMENSION, MTU, -1, METHOD.toString());
    }

    @Test
    void shouldRefuseClaimsOfRoundsThatNoJobHasHad() {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD);
                RawMember last = new RawMember(job, 0);
                RawMember kindless = new RawMember(job, 1)) {
            join(last, StateKind.MODEL, 0xFFFF_FFFFL);
            assertEquals(RejectCode.MALFORMED, last.rejection);
            assertEquals("a state before round 4294967295 is beyond the 2147483648 rounds that a job can be restored "
                    + "after", last.reason);
            join(kindless, StateKind.UNDECIDED, 5);
            assertEquals(RejectCode.MALFORMED, kindless.rejection);
        }
    }

    @Test
    void shouldNotBelieveAClaimOfRoundsThatAQuorumCannotHaveHad() {
        try (Job job = new Job(Job.Channel.IPC, 3, METHOD, METHOD, options -> options.quorum(2));
                RawMember first = new RawMember(job, 0);
                RawMember second = new RawMember(job, 1);
                RawMember stranger = new RawMember(job, 2)) {
            join(first, StateKind.MODEL, 100);
            join(stranger, StateKind.MODEL, 1L << 31);
            join(second, StateKind.MODEL, 101);
            List<RawMember> all = List.of(first, second, stranger);
            Job.await("a member is asked for its state", () -> {
                all.forEach(RawMember::poll);
                return all.stream().anyMatch(member -> member.asked);
            });
            assertTrue(second.asked, "member 1 is the furthest of those that can be");
            assertFalse(stranger.asked);
        }
    }

    @Test
    void shouldRefuseAStateOfAnotherRoundThanWasClaimed() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD); RawMember member = new RawMember(job, 0)) {
            join(member, StateKind.MODEL, 100);
            await(member, () -> member.asked);
            begin(member, StateKind.MODEL, 0xFFFF_FFFFL);
            await(member, () -> member.failure != null);
            assertEquals("the state that worker 0 supplies applies before round 4294967295, expected before round "
                    + "100: it is rejected", member.failure);
        }
    }

    private static void await(RawMember member, java.util.function.BooleanSupplier condition) {
        Job.await("the aggregator's word", () -> {
            member.poll();
            return condition.getAsBoolean();
        });
    }

    private static void begin(RawMember member, StateKind kind, long round) {
        Job.await("room for a state", () -> member.uplink.stateBegin(member.epoch, member.index, kind, round,
                (long) DIMENSION * Float.BYTES, 0, 9, false));
    }

    @Test
    void shouldRefuseAnInitialModelThatIsNotFiniteAndAskAnother() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, METHOD, options -> options.quorum(1))) {
            Worker first = job.join(0, DIMENSION);
            Worker second = job.join(1, DIMENSION);
            float[] broken = new float[DIMENSION];
            Arrays.fill(broken, 17, DIMENSION, Float.NaN);
            float[] model = Job.gaussian(DIMENSION, 1);
            Future<?> sharing = job.submit(() -> {
                second.shareModel(MemorySegment.ofArray(model));
                return null;
            });
            assertEquals("the model that worker 0 supplies is not finite: NaN at coordinate 17: it is rejected",
                    assertThrows(TransportException.class, () -> first.shareModel(MemorySegment.ofArray(broken)))
                        .getMessage());
            sharing.get();
            assertArrayEquals(Job.gaussian(DIMENSION, 1), model);
            assertEquals(1, Job.exchange(second, Job.gaussian(DIMENSION, 2), 1).result().contributors());
        }
    }

    @Test
    void shouldRefuseAStateOfAnotherKindThanAgreedAndAskAnother() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD, METHOD, options -> options.quorum(1));
                RawMember member = new RawMember(job, 0)) {
            member.join(Protocol.VERSION, DIMENSION, MTU, 0, METHOD.toString());
            Worker honest = job.join(1, DIMENSION);
            float[] model = Job.gaussian(DIMENSION, 1);
            Future<?> sharing = job.submit(() -> {
                honest.shareModel(MemorySegment.ofArray(model));
                return null;
            });
            Job.await("room for a sign", () -> member.uplink.ready(member.epoch, 0, 0, StateKind.MODEL));
            await(member, () -> member.asked);
            begin(member, StateKind.REPLICA, 0);
            await(member, () -> member.failure != null);
            assertEquals(
                    "the state that worker 0 supplies is a REPLICA of 20000 bytes with a ledger of 9, expected a MODEL: it is "
                            + "rejected",
                    member.failure);
            sharing.get();
            assertArrayEquals(Job.gaussian(DIMENSION, 1), model);
        }
    }
}
