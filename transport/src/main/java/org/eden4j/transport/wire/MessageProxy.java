package org.eden4j.transport.wire;

import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.transport.sbe.HeartbeatEncoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.StateBeginEncoder;
import org.eden4j.transport.sbe.StateEncoder;
import org.eden4j.transport.sbe.StateEndEncoder;

/**
 * Sends the messages common to both directions. Every method returns whether there was space in the log, and throws a
 * {@link org.eden4j.transport.job.TransportException} if the link is dead.
 */
public abstract class MessageProxy implements AutoCloseable {
    static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    static final int LENGTH_FIELD = 4;

    final Claims claims;
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final StateBeginEncoder stateBegin = new StateBeginEncoder();
    private final StateEncoder state = new StateEncoder();
    private final StateEndEncoder stateEnd = new StateEndEncoder();
    private final UnsafeBuffer payloadView = new UnsafeBuffer(0, 0);

    MessageProxy(Claims claims) {
        this.claims = claims;
    }

    /** Sends a heartbeat of {@code sender}. */
    public final boolean heartbeat(int epoch, long round, int sender) {
        if (!claims.claim(HEADER + HeartbeatEncoder.BLOCK_LENGTH)) {
            return false;
        }
        heartbeat.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(sender)
            .flags(0);
        claims.commit();
        return true;
    }

    /** Sends the head of a state; {@code ended} if the round before which it applies has already ended. */
    public final boolean stateBegin(int epoch, int sender, StateKind kind, long round, long modelBytes,
            long remainderBytes, int ledgerBytes, boolean ended) {
        if (!claims.claim(HEADER + StateBeginEncoder.BLOCK_LENGTH)) {
            return false;
        }
        stateBegin.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .modelBytes(modelBytes)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .ledgerBytes(ledgerBytes)
            .worker(sender)
            .kind((short) kind.wireId())
            .flags(ended ? Protocol.STATE_ROUND_ENDED : 0)
            .remainderBytes(remainderBytes);
        claims.commit();
        return true;
    }

    /** Sends one part of a state, copied from {@code address}. */
    public final boolean state(int epoch, int sender, int frame, long address, int length) {
        int header = HEADER + StateEncoder.BLOCK_LENGTH;
        if (!claims.claim(header + length)) {
            return false;
        }
        state.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(sender)
            .flags(0)
            .frame(frame);
        putPayload(header, address, length);
        claims.commit();
        return true;
    }

    public final boolean stateEnd(int epoch, int sender, long hash) {
        if (!claims.claim(HEADER + StateEndEncoder.BLOCK_LENGTH)) {
            return false;
        }
        stateEnd.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(sender)
            .flags(0)
            .hash(hash);
        claims.commit();
        return true;
    }

    final void putPayload(int header, long address, int length) {
        payloadView.wrap(address, length);
        claims.buffer().putBytes(claims.offset() + header, payloadView, 0, length);
    }

    public final boolean isConnected() {
        return claims.isConnected();
    }

    public final long committedBytes() {
        return claims.committedBytes();
    }

    @Override
    public final void close() {
        claims.close();
    }
}
