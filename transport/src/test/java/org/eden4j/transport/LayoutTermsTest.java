package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layouts of parts and agreements as terms of a job. */
@Timeout(60)
class LayoutTermsTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int MTU = 65504;
    private static final UpdateLayout PARTS = UpdateLayout
        .parse("4000 eden:bits=4 0_W\n100 none 0_b\n900 absent 1_W\n");
    private static final UpdateLayout OTHER = UpdateLayout
        .parse("4000 eden:bits=4 0_W\n100 absent 0_b\n900 absent 1_W\n");
    private static final int DIMENSION = PARTS.dimension();

    private static String refusal(Job job, int index, UpdateLayout layout) {
        return assertThrows(JoinRejectedException.class,
                () -> job.join(index, DIMENSION, options -> options.layout(layout)))
            .getMessage();
    }

    private static String refusal(Job job, int index, String agreement) {
        return assertThrows(JoinRejectedException.class,
                () -> job.join(index, DIMENSION, options -> options.agreement(agreement)))
            .getMessage();
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldOthersToTheLayoutOfTheFirstMember(Job.Channel channel) throws Exception {
        try (Job job = new Job(channel, 2, METHOD)) {
            job.join(0, 1, options -> options.layout(PARTS));
            assertEquals("aggregator rejected this worker: the layout differs from the job's: part 2 is '0_b', "
                    + "coordinates 4000 to 4099, absent, and '0_b', coordinates 4000 to 4099, none in the other layout",
                    refusal(job, 1, OTHER));
            assertEquals("aggregator rejected this worker: the layout differs from the job's: part 1 is 'all', "
                    + "coordinates 0 to 4999, eden:bits=4, and '0_W', coordinates 0 to 3999, eden:bits=4 in the other layout",
                    refusal(job, 1, UpdateLayout.whole(DIMENSION, METHOD)));
            job.join(1, DIMENSION, options -> options.layout(PARTS));
            float[] update = Job.gaussian(DIMENSION, 1);
            for (Job.Exchanged exchanged : job.exchange(job.workers, List.of(update, update), new float[]{1, 1})) {
                assertEquals(2, exchanged.result().contributors());
            }
        }
    }

    @Test
    void shouldNameTheFirstPartThatDiffersWhereTheDimensionDoesToo() {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD)) {
            job.join(0, DIMENSION, options -> options.layout(PARTS));
            UpdateLayout wider = UpdateLayout.parse("4000 eden:bits=4 0_W\n200 none 0_b\n900 absent 1_W\n");
            assertEquals(
                    "aggregator rejected this worker: dimension 5100 differs from the job's 5000: part 2 is '0_b', "
                            + "coordinates 4000 to 4199, none, and '0_b', coordinates 4000 to 4099, none in the other layout",
                    refusal(job, 1, wider));
        }
    }

    @Test
    void shouldForgetTheLayoutAndAgreementOfAFirstMemberThatHasLeft() {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD)) {
            Worker mistaken = job.join(0, DIMENSION, options -> options.layout(OTHER).agreement("sharing"));
            job.workers.remove(mistaken);
            mistaken.close();
            job.join(0, DIMENSION, options -> options.layout(PARTS).agreement("averaging"));
            assertEquals("aggregator rejected this worker: agreement 'sharing' differs from the job's 'averaging'",
                    refusal(job, 1, "sharing"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryTheTextOfManyParts(Job.Channel channel) {
        StringBuilder text = new StringBuilder();
        for (int part = 0; part < 30_000; part++) {
            text.append("1 none layer ").append(part).append(" of a network with long names\n");
        }
        UpdateLayout many = UpdateLayout.parse(text.toString());
        assertTrue(Protocol.utf8(many).length > 1 << 20);
        try (Job job = new Job(channel, 2, METHOD)) {
            job.join(0, DIMENSION, options -> options.layout(many));
            job.join(1, DIMENSION, options -> options.layout(many));
        }
    }

    @Test
    void shouldRefuseAnotherAgreementWithBoth() {
        try (Job job = new Job(Job.Channel.IPC, 2, METHOD)) {
            job.join(0, DIMENSION, options -> options.agreement("averaging every=10"));
            assertEquals("aggregator rejected this worker: agreement 'averaging every=5' differs from the job's "
                    + "'averaging every=10'", refusal(job, 1, "averaging every=5"));
            assertEquals("aggregator rejected this worker: agreement none differs from the job's 'averaging every=10'",
                    refusal(job, 1, ""));
            String longest = "x".repeat(WorkerBuilder.LONGEST_AGREEMENT);
            assertTrue(refusal(job, 1, longest).endsWith("x...' differs from the job's 'averaging every=10'"));
            job.join(1, DIMENSION, options -> options.agreement("averaging every=10"));
        }
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD, METHOD, options -> options.agreement("sharing"))) {
            assertEquals("aggregator rejected this worker: agreement 'averaging' differs from the job's 'sharing'",
                    refusal(job, 0, "averaging"));
            job.join(0, DIMENSION, options -> options.agreement("sharing"));
        }
    }

    @Test
    void shouldRefuseAgreementsThatCannotTravel() {
        WorkerBuilder builder = Worker.builder(JobAddress.udp("127.0.0.1", 9), 1, METHOD);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> builder.agreement("x".repeat(513))).getMessage()
            .startsWith("an agreement has at most 512 printable ASCII characters, got 513: "));
        assertThrows(IllegalArgumentException.class, () -> builder.agreement("caf\u00e9"));
        assertThrows(IllegalArgumentException.class, () -> builder.agreement("two\nlines"));
    }

    @Test
    void shouldRefuseAMemberOfVersion3WithBothNumbers() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD); RawMember former = new RawMember(job, 0)) {
            former.sendJoinOfVersion3(DIMENSION, MTU, METHOD.toString());
            Job.await("an answer", () -> {
                former.poll();
                return former.rejection != null;
            });
            assertEquals(RejectCode.VERSION, former.rejection);
            assertEquals("protocol version 3 differs from the job's 4", former.reason);
        }
    }

    @Test
    void shouldRefuseAnotherShard() {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD); RawMember member = new RawMember(job, 0)) {
            member.shard = 1;
            member.shards = 2;
            member.join(Protocol.VERSION, DIMENSION, MTU, -1, METHOD.toString());
            assertEquals(RejectCode.SHARD, member.rejection);
            assertEquals("shard 1 of 2 is not here, this is 0 of 1", member.reason);
        }
    }

    @Test
    void shouldBoundATextBeforeItComes() {
        List<RawMember> members = new ArrayList<>();
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD)) {
            for (long bytes : new long[]{0, Protocol.LARGEST_LAYOUT + 1, 0xFFFF_FFFFL}) {
                RawMember member = new RawMember(job, members.size());
                members.add(member);
                member.layoutBytes = bytes;
                member.join(Protocol.VERSION, DIMENSION, MTU, -1, METHOD.toString());
                assertEquals(RejectCode.LAYOUT, member.rejection);
                assertEquals("the text of a layout has 1 to 4194304 bytes, this one " + bytes, member.reason);
                assertEquals(0, member.layoutsWanted);
            }
        } finally {
            members.forEach(RawMember::close);
        }
    }

    /** Joins with a layout whose text the aggregator requests. */
    private static void ask(RawMember member, long layoutBytes) {
        member.layout = PARTS;
        member.layoutBytes = layoutBytes;
        member.sendJoin(Protocol.VERSION, DIMENSION, MTU, -1, METHOD.toString());
        Job.await("the request for the text", () -> {
            member.poll();
            return member.layoutsWanted == 1;
        });
    }

    private static void awaitRejection(RawMember member) {
        Job.await("an answer", () -> {
            member.poll();
            return member.rejection != null;
        });
    }

    @Test
    void shouldRefuseATextThatIsNoLayoutOrAnotherOne() throws Exception {
        byte[] text = Protocol.utf8(PARTS);
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD);
                RawMember nonsense = new RawMember(job, 0);
                RawMember liar = new RawMember(job, 1);
                RawMember hasty = new RawMember(job, 2)) {
            ask(nonsense, 7);
            nonsense.sendLayoutPart(0, "1 none\n".getBytes(StandardCharsets.US_ASCII));
            awaitRejection(nonsense);
            assertEquals(
                    "the layout cannot be read here: line 1 of an update layout, '1 none': expected 'length method "
                            + "name'",
                    nonsense.reason);
            byte[] other = Protocol.utf8(OTHER);
            ask(liar, other.length);
            liar.sendLayoutPart(0, other);
            awaitRejection(liar);
            assertEquals("the layout cannot be read here: the hash of the text differs from the declared one",
                    liar.reason);

            ask(hasty, text.length);
            hasty.sendLayoutPart(1, text);
            hasty.sendLayoutPart(0, new byte[text.length - 1]);
            hasty.sendLayoutPart(0, new byte[0]);
            liar.sendLayoutPart(0, text);
            hasty.sendLayoutPart(0, text);
            Job.await("membership", () -> {
                hasty.poll();
                return hasty.index == 0;
            });
            hasty.sendLayoutPart(0, text);
            hasty.update(FrameLayout.of(PARTS, MTU), new float[DIMENSION], hasty.epoch, 0, 0, 0, 1);
            Job.await("a report", () -> job.rounds.size() == 1);
            assertEquals(3, job.rounds.getFirst().rejected(), "out of order, too short, empty");
            assertEquals(2, job.rounds.getFirst().foreign(), "of one that was refused, of a member");
        }
    }
}
