package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.transport.sbe.HeartbeatEncoder;
import org.eden4j.transport.sbe.JoinEncoder;
import org.eden4j.transport.sbe.LeaveEncoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.ModelEncoder;
import org.eden4j.transport.sbe.ModelEndEncoder;
import org.eden4j.transport.sbe.UpdateEncoder;
import org.eden4j.transport.sbe.UpdateEndEncoder;

/**
 * Sends a worker's messages to the aggregator. Every method returns whether there was room, and throws a
 * {@link TransportException} if there never will be.
 */
final class UplinkProxy implements AutoCloseable {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int LENGTH_FIELD = 4;

    private final Claims claims;
    private final UpdateEncoder update = new UpdateEncoder();
    private final UpdateEndEncoder updateEnd = new UpdateEndEncoder();
    private final ModelEncoder model = new ModelEncoder();
    private final ModelEndEncoder modelEnd = new ModelEndEncoder();
    private final JoinEncoder join = new JoinEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final LeaveEncoder leave = new LeaveEncoder();
    private final UnsafeBuffer payloadView = new UnsafeBuffer(0, 0);

    UplinkProxy(Claims claims) {
        this.claims = claims;
    }

    boolean join(long token, int protocol, int dimension, int mtu, int index, int stream, String method,
            String endpoint) {
        int length = HEADER + JoinEncoder.BLOCK_LENGTH + 2 * LENGTH_FIELD + method.length() + endpoint.length();
        if (!claims.claim(length)) {
            return false;
        }
        join.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .protocol(protocol)
            .flags(0)
            .dimension(dimension)
            .mtu(mtu)
            .index(index)
            .stream(stream)
            .methodText(method)
            .endpoint(endpoint);
        claims.commit();
        return true;
    }

    /** One frame of an update; the payload is copied. */
    boolean update(int epoch, long round, int worker, int method, int frame, float weight, MemorySegment payload,
            int payloadLength) {
        if (!claims.claim(FrameLayout.HEADER_BYTES + payloadLength)) {
            return false;
        }
        update.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .method((short) method)
            .flags((short) 0)
            .frame(frame)
            .weight(weight);
        putPayload(FrameLayout.HEADER_BYTES, payload.address(), payloadLength);
        claims.commit();
        return true;
    }

    /** The end of an update of so many frames, on an unreliable uplink. */
    boolean updateEnd(int epoch, long round, int worker, int frames) {
        if (!claims.claim(HEADER + UpdateEndEncoder.BLOCK_LENGTH)) {
            return false;
        }
        updateEnd.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .flags(0)
            .frames(frames);
        claims.commit();
        return true;
    }

    /** One frame of the initial model, copied from a segment on the heap or off it. */
    boolean model(int epoch, int worker, int frame, MemorySegment source, long sourceOffset, int payloadLength) {
        int header = HEADER + ModelEncoder.BLOCK_LENGTH;
        if (!claims.claim(header + payloadLength)) {
            return false;
        }
        model.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(worker)
            .flags(0)
            .frame(frame);
        long address = NativeMemory.address(claims.buffer(), claims.offset() + header, payloadLength);
        MemorySegment.copy(source, sourceOffset, NativeMemory.ALL, address, payloadLength);
        claims.commit();
        return true;
    }

    boolean modelEnd(int epoch, int worker, long hash) {
        if (!claims.claim(HEADER + ModelEndEncoder.BLOCK_LENGTH)) {
            return false;
        }
        modelEnd.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(worker)
            .flags(0)
            .hash(hash);
        claims.commit();
        return true;
    }

    boolean heartbeat(int epoch, long round, int worker, boolean awaitsModel) {
        if (!claims.claim(HEADER + HeartbeatEncoder.BLOCK_LENGTH)) {
            return false;
        }
        heartbeat.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .flags(awaitsModel ? AggregatorAgent.AWAITS_MODEL : 0);
        claims.commit();
        return true;
    }

    boolean leave(int epoch, int worker, String reason) {
        String text = Protocol.bounded(reason);
        if (!claims.claim(HEADER + LeaveEncoder.BLOCK_LENGTH + LENGTH_FIELD + text.length())) {
            return false;
        }
        leave.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(worker)
            .flags(0)
            .reason(text);
        claims.commit();
        return true;
    }

    private void putPayload(int header, long address, int length) {
        payloadView.wrap(address, length);
        claims.buffer().putBytes(claims.offset() + header, payloadView, 0, length);
    }

    int sessionId() {
        return claims.sessionId();
    }

    boolean isConnected() {
        return claims.isConnected();
    }

    long committedBytes() {
        return claims.committedBytes();
    }

    @Override
    public void close() {
        claims.close();
    }
}
