package org.eden4j.transport.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.transport.sbe.AskEncoder;
import org.eden4j.transport.sbe.BehindEncoder;
import org.eden4j.transport.sbe.FailureEncoder;
import org.eden4j.transport.sbe.GoodbyeEncoder;
import org.eden4j.transport.sbe.HeartbeatEncoder;
import org.eden4j.transport.sbe.JoinEncoder;
import org.eden4j.transport.sbe.LayoutPartEncoder;
import org.eden4j.transport.sbe.LayoutWantedEncoder;
import org.eden4j.transport.sbe.LeaveEncoder;
import org.eden4j.transport.sbe.MeanEncoder;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.OfferEncoder;
import org.eden4j.transport.sbe.PartialEncoder;
import org.eden4j.transport.sbe.PauseEncoder;
import org.eden4j.transport.sbe.ReadyEncoder;
import org.eden4j.transport.sbe.RejectEncoder;
import org.eden4j.transport.sbe.ReplicaHashEncoder;
import org.eden4j.transport.sbe.RetryEncoder;
import org.eden4j.transport.sbe.RoundEndEncoder;
import org.eden4j.transport.sbe.StartEncoder;
import org.eden4j.transport.sbe.StateBeginEncoder;
import org.eden4j.transport.sbe.StateEncoder;
import org.eden4j.transport.sbe.StateEndEncoder;
import org.eden4j.transport.sbe.SupplyEncoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.eden4j.transport.sbe.UpdateEncoder;
import org.eden4j.transport.sbe.UpdateEndEncoder;
import org.eden4j.transport.sbe.WelcomeEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of every message, as committed in golden-frames.txt: the wire format of version 4 does not move. */
class GoldenFrameTest {
    private static final MessageHeaderEncoder HEADER = new MessageHeaderEncoder();
    private static final Map<String, BiConsumer<UnsafeBuffer, int[]>> MESSAGES = new LinkedHashMap<>();

    static {
        MESSAGES.put("Update", (buffer, end) -> end[0] = new UpdateEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0x0506)
            .method((short) 2)
            .shard((short) 0)
            .frame(0x0708090AL)
            .weight(1.5f)
            .limit());
        MESSAGES.put("Mean", (buffer, end) -> end[0] = new MeanEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0xFFFF)
            .method((short) 2)
            .shard((short) 0)
            .frame(0x0708090AL)
            .weight(1.5f)
            .limit());
        MESSAGES.put("State", (buffer, end) -> end[0] = new StateEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .worker(0x0506)
            .flags(0)
            .frame(0x0708090AL)
            .limit());
        MESSAGES.put("StateEnd", (buffer, end) -> end[0] = new StateEndEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .worker(0x0506)
            .flags(0)
            .hash(0x1122334455667788L)
            .limit());
        MESSAGES.put("StateBegin",
                (buffer, end) -> end[0] = new StateBeginEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
                    .modelBytes(0x0708090AL)
                    .epoch(0xFEDCBA98L)
                    .round(0x01020304)
                    .ledgerBytes(0x0A0B0C0DL)
                    .worker(0x0506)
                    .kind((short) 2)
                    .flags(Protocol.STATE_ROUND_ENDED)
                    .remainderBytes(0x0102030405L)
                    .limit());
        MESSAGES.put("Partial", (buffer, end) -> end[0] = new PartialEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0x0506)
            .flags(0)
            .firstFrame(4096)
            .putFrames(new byte[]{(byte) 0xFB, 1}, 0, 2)
            .limit());
        MESSAGES.put("UpdateEnd", (buffer, end) -> end[0] = new UpdateEndEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0x0506)
            .attempt(3)
            .frames(0x0708090AL)
            .limit());
        MESSAGES.put("Ready", (buffer, end) -> end[0] = new ReadyEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0x0506)
            .kind(2)
            .limit());
        MESSAGES.put("Behind", (buffer, end) -> end[0] = new BehindEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .limit());
        MESSAGES.put("Supply", (buffer, end) -> end[0] = new SupplyEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .parts(3)
            .limit());
        MESSAGES.put("Retry", (buffer, end) -> end[0] = new RetryEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .attempt(3)
            .reason("no")
            .limit());
        MESSAGES.put("Join", (buffer, end) -> end[0] = new JoinEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .token(0x1122334455667788L)
            .protocol(4)
            .flags(0)
            .dimension(431_080)
            .mtu(65504)
            .index(-1)
            .stream(2)
            .identity(0x123456789ABCDEF0L)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .kind(2)
            .layoutHash(0xA1B2C3D4E5F60718L)
            .layoutBytes(0x12345)
            .shard(0)
            .shards(1)
            .methodText("eden:bits=4")
            .endpoint("127.0.0.1:7400")
            .agreement("averaging every=10")
            .limit());
        MESSAGES.put("Heartbeat", (buffer, end) -> end[0] = new HeartbeatEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0x0506)
            .flags(1)
            .limit());
        MESSAGES.put("Leave", (buffer, end) -> end[0] = new LeaveEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .worker(0x0506)
            .flags(0)
            .reason("done")
            .limit());
        MESSAGES.put("Welcome", (buffer, end) -> end[0] = new WelcomeEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .token(0x1122334455667788L)
            .jobSeed(0x5EED)
            .deadlineNs(5_000_000_000L)
            .epoch(0xFEDCBA98L)
            .index(3)
            .workers(4)
            .round(0x01020304)
            .uplink(1)
            .shard(0)
            .shards(1)
            .hashInterval(100)
            .layoutHash(0xA1B2C3D4E5F60718L)
            .downlinkText("eden:bits=8")
            .limit());
        MESSAGES.put("Reject", (buffer, end) -> end[0] = new RejectEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .token(0x1122334455667788L)
            .code((short) 2)
            .reason("no")
            .limit());
        MESSAGES.put("Start", (buffer, end) -> end[0] = new StartEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0)
            .limit());
        MESSAGES.put("RoundEnd", (buffer, end) -> end[0] = new RoundEndEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .attempt(3)
            .expectedError(1.5f)
            .putMembers(new byte[]{(byte) 0xFF, 1}, 0, 2)
            .putContributors(new byte[]{(byte) 0xFB, 1}, 0, 2)
            .limit());
        MESSAGES.put("Failure", (buffer, end) -> end[0] = new FailureEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .code((short) 2)
            .reason("no")
            .limit());
        MESSAGES.put("Goodbye", (buffer, end) -> end[0] = new GoodbyeEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .worker(0x0506)
            .flags(0)
            .limit());
        MESSAGES.put("Ask", (buffer, end) -> end[0] = new AskEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .token(0x1122334455667788L)
            .protocol(4)
            .flags(0)
            .stream(2)
            .endpoint("127.0.0.1:7400")
            .limit());
        MESSAGES.put("LayoutPart",
                (buffer, end) -> end[0] = new LayoutPartEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
                    .token(0x1122334455667788L)
                    .part(0x0708090AL)
                    .limit());
        MESSAGES.put("Pause", (buffer, end) -> end[0] = new PauseEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .epoch(0xFEDCBA98L)
            .round(0x01020304)
            .worker(0x0506)
            .flags(0)
            .limit());
        MESSAGES.put("ReplicaHash",
                (buffer, end) -> end[0] = new ReplicaHashEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
                    .hash(0x1122334455667788L)
                    .epoch(0xFEDCBA98L)
                    .round(0x01020304)
                    .worker(0x0506)
                    .flags(0)
                    .limit());
        MESSAGES.put("LayoutWanted",
                (buffer, end) -> end[0] = new LayoutWantedEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
                    .token(0x1122334455667788L)
                    .limit());
        MESSAGES.put("Offer", (buffer, end) -> end[0] = new OfferEncoder().wrapAndApplyHeader(buffer, 0, HEADER)
            .token(0x1122334455667788L)
            .dimension(431_080)
            .mtu(65504)
            .workers(4)
            .flags(1)
            .methodText("eden:bits=4")
            .downlinkText("eden:bits=8")
            .agreement("averaging every=10")
            .limit());
    }

    static Stream<String> messages() {
        return MESSAGES.keySet().stream();
    }

    private static Map<String, String> golden() throws IOException {
        Map<String, String> golden = new LinkedHashMap<>();
        try (var stream = GoldenFrameTest.class.getResourceAsStream("golden-frames.txt")) {
            new String(stream.readAllBytes(), StandardCharsets.US_ASCII).lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> golden.put(line.substring(0, line.indexOf(' ')),
                        line.substring(line.indexOf(' ')).replace(" ", "")));
        }
        return golden;
    }

    @ParameterizedTest
    @MethodSource("messages")
    void shouldWriteTheCommittedBytes(String message) throws IOException {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
        int[] end = new int[1];
        MESSAGES.get(message).accept(buffer, end);
        byte[] bytes = new byte[end[0]];
        buffer.getBytes(0, bytes);
        assertEquals(golden().get(message), HexFormat.of().formatHex(bytes));
    }

    @Test
    void shouldReadTheCommittedUpdate() throws IOException {
        UnsafeBuffer buffer = new UnsafeBuffer(HexFormat.of().parseHex(golden().get("Update")));
        UpdateDecoder update = new UpdateDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        assertEquals(0xFEDCBA98L, update.epoch());
        assertEquals(0x01020304, update.round());
        assertEquals(0x0506, update.worker());
        assertEquals(2, update.method());
        assertEquals(0x0708090AL, update.frame());
        assertEquals(1.5f, update.weight());
        assertEquals(FrameLayout.HEADER_BYTES, buffer.capacity());
    }

    @Test
    void shouldBoundVariableDataByTheFragment() {
        byte[] bytes = {3, 0, 0, 0, 'a', 'b', 7, 1, 0, 0, 0};
        VariableData data = new VariableData().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
        assertEquals("ab?", data.nextText(10));
        String message = org.junit.jupiter.api.Assertions
            .assertThrows(MalformedMessageException.class, () -> data.nextBytes(10))
            .getMessage();
        assertEquals("field declares 1 bytes, at most 0 are there", message);
        data.wrap(new UnsafeBuffer(new byte[]{-1, -1, -1, -1, 0, 0}), 0, 6);
        org.junit.jupiter.api.Assertions.assertThrows(MalformedMessageException.class, () -> data.nextBytes(10));
        data.wrap(new UnsafeBuffer(bytes), 0, 3);
        assertTrue(org.junit.jupiter.api.Assertions
            .assertThrows(MalformedMessageException.class, () -> data.nextBytes(10))
            .getMessage()
            .startsWith("fragment ends"));
        data.wrap(new UnsafeBuffer(bytes), 0, bytes.length);
        assertArrayEquals(new byte[]{'a', 'b', 7}, data.nextBytes(3));
    }
}
