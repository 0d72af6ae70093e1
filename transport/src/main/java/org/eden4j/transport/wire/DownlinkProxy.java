package org.eden4j.transport.wire;

import java.util.BitSet;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.sbe.BehindEncoder;
import org.eden4j.transport.sbe.FailureEncoder;
import org.eden4j.transport.sbe.GoodbyeEncoder;
import org.eden4j.transport.sbe.LayoutWantedEncoder;
import org.eden4j.transport.sbe.MeanEncoder;
import org.eden4j.transport.sbe.OfferEncoder;
import org.eden4j.transport.sbe.PartialEncoder;
import org.eden4j.transport.sbe.RejectEncoder;
import org.eden4j.transport.sbe.RetryEncoder;
import org.eden4j.transport.sbe.RoundEndEncoder;
import org.eden4j.transport.sbe.StartEncoder;
import org.eden4j.transport.sbe.SupplyEncoder;
import org.eden4j.transport.sbe.WelcomeEncoder;

/**
 * Sends the aggregator's messages to one worker. Every method returns whether there was space in the log, and throws a
 * {@link org.eden4j.transport.job.TransportException} if the link is dead.
 */
public final class DownlinkProxy extends MessageProxy {
    /** Bytes of a set of frames in one message, which fits the smallest MTU. */
    static final int SET_BYTES = 512;

    private final Shard shard;
    private final MeanEncoder mean = new MeanEncoder();
    private final WelcomeEncoder welcome = new WelcomeEncoder();
    private final RejectEncoder reject = new RejectEncoder();
    private final StartEncoder start = new StartEncoder();
    private final RoundEndEncoder roundEnd = new RoundEndEncoder();
    private final FailureEncoder failure = new FailureEncoder();
    private final GoodbyeEncoder goodbye = new GoodbyeEncoder();
    private final BehindEncoder behind = new BehindEncoder();
    private final SupplyEncoder supply = new SupplyEncoder();
    private final RetryEncoder retry = new RetryEncoder();
    private final PartialEncoder partial = new PartialEncoder();
    private final LayoutWantedEncoder layoutWanted = new LayoutWantedEncoder();
    private final OfferEncoder offer = new OfferEncoder();

    /** @param shard the shard of the sending aggregator */
    public DownlinkProxy(Claims claims, Shard shard) {
        super(claims);
        this.shard = shard;
    }

    public boolean welcome(long token, JobTerms terms, int index, long round) {
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
            .round(round)
            .uplink(terms.unreliable() ? Protocol.UPLINK_UNRELIABLE : 0)
            .shard(shard.index())
            .shards(shard.count())
            .hashInterval(terms.hashInterval())
            .layoutHash(terms.layout().hash())
            .downlinkText(downlink);
        claims.commit();
        return true;
    }

    /** Answers a worker that asked for the job's terms. */
    public boolean offer(long token, JobTerms terms) {
        String method = terms.method().toString();
        String downlink = terms.downlink().toString();
        String agreement = terms.agreement() == null ? "" : terms.agreement();
        if (!claims.claim(HEADER + OfferEncoder.BLOCK_LENGTH + 3 * LENGTH_FIELD + method.length() + downlink.length()
                + agreement.length())) {
            return false;
        }
        offer.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .token(token)
            .dimension(terms.dimension())
            .mtu(terms.mtu())
            .workers(terms.workers())
            .flags(terms.agreement() == null ? 0 : Protocol.OFFER_AGREED)
            .methodText(method)
            .downlinkText(downlink)
            .agreement(agreement);
        claims.commit();
        return true;
    }

    /** Requests the text of the layout with which the worker joins. */
    public boolean layoutWanted(long token) {
        if (!claims.claim(HEADER + LayoutWantedEncoder.BLOCK_LENGTH)) {
            return false;
        }
        layoutWanted.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header).token(token);
        claims.commit();
        return true;
    }

    public boolean reject(long token, RejectCode code, String reason) {
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

    public boolean start(int epoch, long round) {
        if (!claims.claim(HEADER + StartEncoder.BLOCK_LENGTH)) {
            return false;
        }
        start.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round);
        claims.commit();
        return true;
    }

    /** Sends one frame of the mean; the payload is copied from {@code address}. */
    public boolean mean(int epoch, long round, int method, int frame, float weight, long address, int payloadLength) {
        if (!claims.claim(FrameLayout.HEADER_BYTES + payloadLength)) {
            return false;
        }
        mean.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(BlockSeed.AGGREGATOR)
            .method((short) method)
            .shard((short) shard.index())
            .frame(frame)
            .weight(weight);
        putPayload(FrameLayout.HEADER_BYTES, address, payloadLength);
        claims.commit();
        return true;
    }

    public boolean roundEnd(int epoch, long round, int attempt, float expectedError, BitSet members,
            BitSet contributors) {
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
            .attempt(attempt)
            .expectedError(expectedError)
            .putMembers(memberBytes, 0, memberBytes.length)
            .putContributors(contributorBytes, 0, contributorBytes.length);
        claims.commit();
        return true;
    }

    /**
     * Sends the set of counted frames of a worker's update, from {@code first} on, as many as fit one message.
     *
     * @return the first frame after the message, or -1 if there was no space
     */
    public int partial(int epoch, long round, int worker, BitSet frames, int first) {
        int end = first + SET_BYTES * Byte.SIZE;
        byte[] bytes = frames.get(first, end).toByteArray();
        if (!claims.claim(HEADER + PartialEncoder.BLOCK_LENGTH + LENGTH_FIELD + bytes.length)) {
            return -1;
        }
        partial.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .worker(worker)
            .flags(0)
            .firstFrame(first)
            .putFrames(bytes, 0, bytes.length);
        claims.commit();
        return end;
    }

    /** Tells the worker to request the job's state. */
    public boolean behind(int epoch, long round) {
        if (!claims.claim(HEADER + BehindEncoder.BLOCK_LENGTH)) {
            return false;
        }
        behind.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round);
        claims.commit();
        return true;
    }

    /** Tells the worker to send these parts of its state. */
    public boolean supply(int epoch, long round, int parts) {
        if (!claims.claim(HEADER + SupplyEncoder.BLOCK_LENGTH)) {
            return false;
        }
        supply.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .parts(parts);
        claims.commit();
        return true;
    }

    /** Announces that the round failed and starts again. */
    public boolean retry(int epoch, long round, int attempt, String reason) {
        String text = Protocol.bounded(reason);
        if (!claims.claim(HEADER + RetryEncoder.BLOCK_LENGTH + LENGTH_FIELD + text.length())) {
            return false;
        }
        retry.wrapAndApplyHeader(claims.buffer(), claims.offset(), claims.header)
            .epoch(Integer.toUnsignedLong(epoch))
            .round(round)
            .attempt(attempt)
            .reason(text);
        claims.commit();
        return true;
    }

    public boolean failure(int epoch, long round, FailureCode code, String reason) {
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

    public boolean goodbye(int epoch, int worker) {
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
}
