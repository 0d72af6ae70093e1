package org.eden4j.transport;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.status.StreamCounter;
import io.aeron.logbuffer.FragmentHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.media.Channels;
import org.eden4j.transport.media.Connection;
import org.eden4j.transport.media.InjectedLoss;
import org.eden4j.transport.media.LinkLengths;
import org.eden4j.transport.sbe.FailureDecoder;
import org.eden4j.transport.sbe.JoinEncoder;
import org.eden4j.transport.sbe.LayoutPartEncoder;
import org.eden4j.transport.sbe.LayoutWantedDecoder;
import org.eden4j.transport.sbe.MessageHeaderDecoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.RejectDecoder;
import org.eden4j.transport.sbe.RetryDecoder;
import org.eden4j.transport.sbe.SupplyDecoder;
import org.eden4j.transport.sbe.WelcomeDecoder;
import org.eden4j.transport.wire.Claims;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkProxy;
import org.eden4j.transport.worker.FrameEncoders;

/** A peer that sends any message a test needs, directly through Aeron. */
final class RawMember implements AutoCloseable {

    final Connection connection;
    final Aeron aeron;
    final ExclusivePublication publication;
    final UplinkProxy uplink;
    private final Subscription downlink;
    private final int stream;
    private final String endpoint;
    private final long token;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment scratch = NativeMemory.allocate(arena, FrameLayout.LARGEST_PAYLOAD);
    int epoch;
    int index = -1;
    RejectCode rejection;
    String reason = "";
    /** State that it declares when it joins. */
    StateLabel held = StateLabel.BLANK;
    /** Layout that it declares when it joins: null for one part; its length if that is not the text's. */
    UpdateLayout layout;
    long layoutBytes = -1;
    int shard = Shard.WHOLE.index();
    int shards = Shard.WHOLE.count();
    String agreement = "";
    /** Number of requests for its layout. */
    int layoutsWanted;
    /** True if it was asked for its state. */
    boolean asked;
    /** True if it must send its update again. */
    boolean isToRepeat;
    /** Reason why the aggregator ended the job for it; null if it did not. */
    String failure;

    RawMember(Job job, int number) {
        this(job, number, FrameLayout.LARGEST_MTU);
    }

    RawMember(Job job, int number, int mtu) {
        token = 99 + number;
        connection = Connection.forWorker(job.aggregator.address(), new LinkLengths(1, mtu), Job.PATIENCE,
                InjectedLoss.NONE);
        aeron = connection.aeron();
        Channels channels = connection.channels();
        stream = channels.newDownlinkStream(aeron.nextCorrelationId());
        downlink = aeron.addSubscription(channels.downlinkSubscription(connection.localHost()), stream);
        Job.await("a port", () -> !channels.isUdp() || downlink.resolvedEndpoint() != null);
        endpoint = channels.isUdp() ? downlink.resolvedEndpoint() : "";
        publication = aeron.addExclusivePublication(channels.uplinkPublication(), channels.uplinkStream());
        uplink = new UplinkProxy(new Claims(publication), Shard.WHOLE);
        Job.await("a link to the aggregator", publication::isConnected);
    }

    /** Joins, and waits for the answer. */
    RawMember join(int version, int dimension, int mtu, int wanted, String method) {
        sendJoin(version, dimension, mtu, wanted, method);
        Job.await("an answer", () -> {
            poll();
            return index >= 0 || rejection != null;
        });
        return this;
    }

    /** Joins with any numbers. */
    void sendJoin(int version, int dimension, int mtu, int wanted, String method) {
        UpdateLayout said = layout != null ? layout : UpdateLayout.whole(Math.max(1, dimension), Method.parse(method));
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        int end = new JoinEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .token(token)
            .protocol(version)
            .flags(0)
            .dimension(dimension)
            .mtu(mtu)
            .index(wanted)
            .stream(stream)
            .identity(identity())
            .epoch(Integer.toUnsignedLong(held.epoch()))
            .round(held.round())
            .kind(held.kind().ordinal())
            .layoutHash(said.hash())
            .layoutBytes(layoutBytes >= 0 ? layoutBytes : Protocol.utf8(said).length)
            .shard(shard)
            .shards(shards)
            .methodText(method)
            .endpoint(endpoint)
            .agreement(agreement)
            .limit();
        send(Arrays.copyOf(buffer.byteArray(), end));
    }

    /** Sends a join in the format of version 3. */
    void sendJoinOfVersion3(int dimension, int mtu, String method) {
        byte[] text = method.getBytes(StandardCharsets.US_ASCII);
        byte[] at = endpoint.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer join = ByteBuffer.allocate(8 + 48 + 4 + text.length + 4 + at.length).order(ByteOrder.LITTLE_ENDIAN);
        join.putShort((short) 48).putShort((short) 10).putShort((short) 3796).putShort((short) 3);
        join.putLong(token).putShort((short) 3).putShort((short) 0).putInt(dimension).putInt(mtu).putInt(-1);
        join.putInt(stream).putLong(identity()).putInt(0).putInt(0).putInt(0);
        join.putInt(text.length).put(text).putInt(at.length).put(at);
        send(join.array());
    }

    /** Sends one part of the text of a layout. */
    void sendLayoutPart(long part, byte[] text) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        int end = new LayoutPartEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .token(token)
            .part(part)
            .limit();
        buffer.putBytes(end, text);
        send(Arrays.copyOf(buffer.byteArray(), end + text.length));
    }

    /** Returns the identity whose owner takes this member's place at once. */
    long identity() {
        return 77 + token;
    }

    long token() {
        return token;
    }

    /** Returns the stream on which it listens. */
    int stream() {
        return stream;
    }

    void poll() {
        FragmentHandler handler = (buffer, offset, length, _) -> {
            MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(buffer, offset);
            int body = offset + header.encodedLength();
            if (header.templateId() == WelcomeDecoder.TEMPLATE_ID) {
                WelcomeDecoder welcome = new WelcomeDecoder().wrap(buffer, body, header.blockLength(),
                        header.version());
                epoch = (int) welcome.epoch();
                index = welcome.index();
            } else if (header.templateId() == RejectDecoder.TEMPLATE_ID) {
                RejectDecoder reject = new RejectDecoder().wrap(buffer, body, header.blockLength(), header.version());
                rejection = RejectCode.of(reject.code());
                reason = reject.reason();
            } else if (header.templateId() == LayoutWantedDecoder.TEMPLATE_ID) {
                layoutsWanted++;
            } else if (header.templateId() == SupplyDecoder.TEMPLATE_ID) {
                asked = true;
            } else if (header.templateId() == RetryDecoder.TEMPLATE_ID) {
                isToRepeat = true;
            } else if (header.templateId() == FailureDecoder.TEMPLATE_ID) {
                failure = new FailureDecoder().wrap(buffer, body, header.blockLength(), header.version()).reason();
            }
        };
        downlink.poll(handler, 10);
    }

    /** Waits until the aggregator has taken everything that was sent over IPC. */
    void awaitTaken() {
        Job.await("the aggregator to take what was sent", () -> taken() >= publication.position());
    }

    private long taken() {
        AtomicLong position = new AtomicLong();
        CountersReader counters = aeron.countersReader();
        counters.forEach((counter, type, key, _) -> {
            if (type == AeronCounters.DRIVER_SUBSCRIBER_POSITION_TYPE_ID
                    && key.getInt(StreamCounter.SESSION_ID_OFFSET) == publication.sessionId()) {
                position.set(counters.getCounterValue(counter));
            }
        });
        return position.get();
    }

    /** Sends one well-formed frame with this epoch, round and worker. */
    void update(FrameLayout layout, float[] update, int frameEpoch, long round, int worker, int frame, float weight) {
        int length = encode(layout, update, round, worker, frame);
        send(frameEpoch, round, worker, layout.wireId(), frame, weight, length);
    }

    int encode(FrameLayout layout, float[] update, long round, int worker, int frame) {
        FrameEncoders encoders = new FrameEncoders(layout, 1, Method::codec, arena);
        MemorySegment payload = encoders.payload(frame, MemorySegment.ofArray(update), Job.SEED, round, worker);
        int bytes = encoders.payloadBytes(frame);
        MemorySegment.copy(payload, 0, scratch, 0, bytes);
        return bytes;
    }

    /** Sends the last encoded payload, or a part of it, under any header. */
    void send(int frameEpoch, long round, int worker, int method, int frame, float weight, int length) {
        Job.await("room for a frame",
                () -> uplink.update(frameEpoch, round, worker, method, frame, weight, scratch, length));
    }

    MemorySegment scratch() {
        return scratch;
    }

    void send(byte[] bytes) {
        UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        Job.await("room for bytes", () -> publication.offer(buffer, 0, bytes.length) > 0);
    }

    @Override
    public void close() {
        connection.close();
        arena.close();
    }
}
