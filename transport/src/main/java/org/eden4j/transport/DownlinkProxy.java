package org.eden4j.transport;

import java.util.BitSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.sbe.FailureEncoder;
import org.eden4j.transport.sbe.GoodbyeEncoder;
import org.eden4j.transport.sbe.HeartbeatEncoder;
import org.eden4j.transport.sbe.MeanEncoder;
import org.eden4j.transport.sbe.MessageHeaderEncoder;
import org.eden4j.transport.sbe.ModelEncoder;
import org.eden4j.transport.sbe.ModelEndEncoder;
import org.eden4j.transport.sbe.RejectEncoder;
import org.eden4j.transport.sbe.RoundEndEncoder;
import org.eden4j.transport.sbe.StartEncoder;
import org.eden4j.transport.sbe.WelcomeEncoder;

/**
 * Sends the aggregator's messages to one worker. Every method returns whether there was room, and throws a
 * {@link TransportException} if there never will be.
 */
final class DownlinkProxy implements AutoCloseable {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int LENGTH_FIELD = 4;

    private final Claims claims;
    private final MeanEncoder mean = new MeanEncoder();
    private final ModelEncoder model = new ModelEncoder();
    private final ModelEndEncoder modelEnd = new ModelEndEncoder();
    private final WelcomeEncoder welcome = new WelcomeEncoder();
    private final RejectEncoder reject = new RejectEncoder();
    private final StartEncoder start = new StartEncoder();
    private final RoundEndEncoder roundEnd = new RoundEndEncoder();
    private final FailureEncoder failure = new FailureEncoder();
    private final GoodbyeEncoder goodbye = new GoodbyeEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final UnsafeBuffer payloadView = new UnsafeBuffer(0, 0);

    DownlinkProxy(Claims claims) {
        this.claims = claims;
    }

    boolean welcome(long token, JobTerms terms, int index) {
        String downlink = terms.downlink().toString();
        if (!claims.claim(HEADER + WelcomeEncoder.BLOCK_LENGTH + LENGTH_FIELD + downlink.length())) {
            return false;
        }
        welcome.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .jobSeed(terms.jobSeed())
            .deadlineNs(terms.deadlineNs())
            .epoch(Integer.toUnsignedLong(terms.epoch()))
            .index(index)
            .workers(terms.workers())
            .uplink(terms.unreliable() ? Protocol.UPLINK_UNRELIABLE : 0)
            .downlinkText(downlink);
        claims.commit();
        return true;
    }

    boolean reject(long token, RejectCode code, String reason) {
        String text = Protocol.bounded(reason);
        if (!claims.claim(HEADER + RejectEncoder.BLOCK_LENGTH + LENGTH_FIELD + text.length())) {
            return false;
        }
        reject.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .code((short) code.wireId())
            .reason(text);
        claims.commit();
        return true;
    }

    boolean start(int epoch, long round) {
        if (!claims.claim(HEADER + StartEncoder.BLOCK_LENGTH)) {
            return false;
        }
        start.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round);
        claims.commit();
        return true;
    }

    /** One frame of the mean; the payload is copied from {@code address}. */
    boolean mean(int epoch, long round, int method, int frame, float weight, long address, int payloadLength) {
        if (!claims.claim(FrameLayout.HEADER_BYTES + payloadLength)) {
            return false;
        }
        mean.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(BlockSeed.AGGREGATOR)
            .method((short) method)
            .flags((short) 0)
            .frame(frame)
            .weight(weight);
        putPayload(FrameLayout.HEADER_BYTES, address, payloadLength);
        claims.commit();
        return true;
    }

    boolean roundEnd(int epoch, long round, BitSet members, BitSet contributors) {
        byte[] memberBytes = members.toByteArray();
        byte[] contributorBytes = contributors.toByteArray();
        int length = HEADER + RoundEndEncoder.BLOCK_LENGTH + 2 * LENGTH_FIELD + memberBytes.length
                + contributorBytes.length;
        if (!claims.claim(length)) {
            return false;
        }
        roundEnd.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .flags(0)
            .putMembers(memberBytes, 0, memberBytes.length)
            .putContributors(contributorBytes, 0, contributorBytes.length);
        claims.commit();
        return true;
    }

    boolean model(int epoch, int source, int frame, long address, int payloadLength) {
        int header = HEADER + ModelEncoder.BLOCK_LENGTH;
        if (!claims.claim(header + payloadLength)) {
            return false;
        }
        model.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(source)
            .flags(0)
            .frame(frame);
        putPayload(header, address, payloadLength);
        claims.commit();
        return true;
    }

    boolean modelEnd(int epoch, int source, long hash) {
        if (!claims.claim(HEADER + ModelEndEncoder.BLOCK_LENGTH)) {
            return false;
        }
        modelEnd.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(source)
            .flags(0)
            .hash(hash);
        claims.commit();
        return true;
    }

    boolean heartbeat(int epoch, long round) {
        if (!claims.claim(HEADER + HeartbeatEncoder.BLOCK_LENGTH)) {
            return false;
        }
        heartbeat.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(BlockSeed.AGGREGATOR)
            .flags(0);
        claims.commit();
        return true;
    }

    boolean failure(int epoch, long round, FailureCode code, String reason) {
        String text = Protocol.bounded(reason);
        if (!claims.claim(HEADER + FailureEncoder.BLOCK_LENGTH + LENGTH_FIELD + text.length())) {
            return false;
        }
        failure.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .code((short) code.wireId())
            .reason(text);
        claims.commit();
        return true;
    }

    boolean goodbye(int epoch, int worker) {
        if (!claims.claim(HEADER + GoodbyeEncoder.BLOCK_LENGTH)) {
            return false;
        }
        goodbye.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .worker(worker)
            .flags(0);
        claims.commit();
        return true;
    }

    private void putPayload(int header, long address, int length) {
        payloadView.wrap(address, length);
        claims.buffer().putBytes(claims.offset() + header, payloadView, 0, length);
    }

    boolean isConnected() {
        return claims.isConnected();
    }

    @Override
    public void close() {
        claims.close();
    }
}
