package org.eden4j.transport.wire;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.sbe.AskEncoder;
import org.eden4j.transport.sbe.JoinEncoder;
import org.eden4j.transport.sbe.LayoutPartEncoder;
import org.eden4j.transport.sbe.LeaveEncoder;
import org.eden4j.transport.sbe.PauseEncoder;
import org.eden4j.transport.sbe.ReadyEncoder;
import org.eden4j.transport.sbe.ReplicaHashEncoder;
import org.eden4j.transport.sbe.UpdateEncoder;
import org.eden4j.transport.sbe.UpdateEndEncoder;

/**
 * Sends a worker's messages to the aggregator. Every method returns whether there was space in the log, and throws a
 * {@link org.eden4j.transport.job.TransportException} if the link is dead.
 */
public final class UplinkProxy extends MessageProxy {
    private final Shard shard;
    private final UpdateEncoder update = new UpdateEncoder();
    private final UpdateEndEncoder updateEnd = new UpdateEndEncoder();
    private final JoinEncoder join = new JoinEncoder();
    private final ReadyEncoder ready = new ReadyEncoder();
    private final LeaveEncoder leave = new LeaveEncoder();
    private final LayoutPartEncoder layoutPart = new LayoutPartEncoder();
    private final AskEncoder ask = new AskEncoder();
    private final PauseEncoder pause = new PauseEncoder();
    private final ReplicaHashEncoder replicaHash = new ReplicaHashEncoder();

    /** @param shard the shard of the receiving aggregator */
    public UplinkProxy(Claims claims, Shard shard) {
        super(claims);
        this.shard = shard;
    }

    /** Requests the job's terms. */
    public boolean ask(long token, int stream, String endpoint) {
        if (!claims.claim(HEADER + AskEncoder.BLOCK_LENGTH + LENGTH_FIELD + endpoint.length())) {
            return false;
        }
        ask.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .protocol(Protocol.VERSION)
            .flags(0)
            .stream(stream)
            .endpoint(endpoint);
        claims.commit();
        return true;
    }

    /** Announces that the worker takes no part in rounds until it is ready. */
    public boolean pause(int epoch, long round, int worker) {
        if (!claims.claim(HEADER + PauseEncoder.BLOCK_LENGTH)) {
            return false;
        }
        pause.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .flags(0);
        claims.commit();
        return true;
    }

    /** Sends the hash of the worker's state before a round. */
    public boolean replicaHash(int epoch, long round, int worker, long hash) {
        if (!claims.claim(HEADER + ReplicaHashEncoder.BLOCK_LENGTH)) {
            return false;
        }
        replicaHash.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .hash(hash)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .flags(0);
        claims.commit();
        return true;
    }

    /** Requests membership with the settings of {@code wish}, for a worker with this state of the job. */
    public boolean join(long token, int protocol, WorkerWish wish, int stream, String endpoint, StateLabel held) {
        String method = wish.method().toString();
        int length = HEADER + JoinEncoder.BLOCK_LENGTH + 3 * LENGTH_FIELD + method.length() + endpoint.length()
                + wish.agreement().length();
        if (!claims.claim(length)) {
            return false;
        }
        join.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .protocol(protocol)
            .flags(0)
            .dimension(wish.dimension())
            .mtu(wish.mtu())
            .index(wish.index())
            .stream(stream)
            .identity(wish.identity())
            .epoch(Integer.toUnsignedLong(held.epoch()))
            .round(held.round())
            .kind(held.kind().wireId())
            .layoutHash(wish.layout().hash())
            .layoutBytes(Protocol.utf8(wish.layout()).length)
            .shard(shard.index())
            .shards(shard.count())
            .methodText(method)
            .endpoint(endpoint)
            .agreement(wish.agreement());
        claims.commit();
        return true;
    }

    /** Sends one part of the text of this worker's layout. */
    public boolean layoutPart(long token, int part, byte[] text, int offset, int length) {
        int header = HEADER + LayoutPartEncoder.BLOCK_LENGTH;
        if (!claims.claim(header + length)) {
            return false;
        }
        layoutPart.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .part(part);
        claims.buffer().putBytes(claims.offset() + header, text, offset, length);
        claims.commit();
        return true;
    }

    /** Sends one frame of an update; the payload is copied. */
    public boolean update(int epoch, long round, int worker, int method, int frame, float weight, MemorySegment payload,
            int payloadLength) {
        if (!claims.claim(FrameLayout.HEADER_BYTES + payloadLength)) {
            return false;
        }
        update.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .method((short) method)
            .shard((short) shard.index())
            .frame(frame)
            .weight(weight);
        putPayload(FrameLayout.HEADER_BYTES, payload.address(), payloadLength);
        claims.commit();
        return true;
    }

    /** Ends an update on an unreliable uplink: its number of frames, and the latest attempt known to the worker. */
    public boolean updateEnd(int epoch, long round, int worker, int attempt, int frames) {
        if (!claims.claim(HEADER + UpdateEndEncoder.BLOCK_LENGTH)) {
            return false;
        }
        updateEnd.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .attempt(attempt)
            .frames(frames);
        claims.commit();
        return true;
    }

    public int sessionId() {
        return claims.sessionId();
    }

    /** Announces that a request is open, so that a state of this kind can be accepted or supplied. */
    public boolean ready(int epoch, long round, int worker, StateKind kind) {
        if (!claims.claim(HEADER + ReadyEncoder.BLOCK_LENGTH)) {
            return false;
        }
        ready.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .kind(kind.wireId());
        claims.commit();
        return true;
    }

    public boolean leave(int epoch, int worker, String reason) {
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
}
