package org.eden4j.transport.worker;

import java.util.function.LongSupplier;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.UplinkProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes the request that a caller has submitted: begins it, sends its messages, and answers it. Single-threaded,
 * like the agent that owns it, except where noted.
 */
final class RequestProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(RequestProcessor.class);
    /** Frames encoded and sent per duty cycle: in between, means are polled and heartbeats sent. */
    private static final int FRAMES_AT_A_TIME = 2;

    private final RequestSlot slot;
    private final WorkerRounds rounds;
    private final WorkerState state;
    private final int index;
    private final PatientClock clock;
    private final LongWork work;
    private final LongSupplier allBytes;
    private final LongSupplier takeDropped;
    private volatile long shownRound;
    /** Epoch of the current or last aggregator. */
    private int epoch;
    private boolean member;
    /** True if the caller pauses until its next exchange, and true if the aggregator must be informed. */
    private boolean paused;
    private boolean pauseDue;
    private long lastSentNs;
    private long readySentNs;
    /** Bytes of all messages except Update and Mean frames up to the last round. */
    private long controlMark;

    /**
     * @param allBytes returns the bytes of all messages so far, sent and received, on all links
     * @param takeDropped returns the number of messages dropped since the last call
     * @param openRound the aggregator's open round
     */
    RequestProcessor(RequestSlot slot, WorkerRounds rounds, WorkerState state, int index, PatientClock clock,
            LongWork work, LongSupplier allBytes, LongSupplier takeDropped, long openRound) {
        this.slot = slot;
        this.rounds = rounds;
        this.state = state;
        this.index = index;
        this.clock = clock;
        this.work = work;
        this.allBytes = allBytes;
        this.takeDropped = takeDropped;
        shownRound = openRound;
    }

    /** Returns the round of the open exchange, or of the next one; from any thread. */
    long shownRound() {
        return shownRound;
    }

    /** Connects to the aggregator with this epoch. */
    void connect(int newEpoch) {
        epoch = newEpoch;
        member = true;
    }

    /** Handles the loss of the link. */
    void disconnect() {
        member = false;
        state.disconnect();
        rounds.disconnect();
    }

    /** Fails the current request, because the worker leaves. */
    void fail(RuntimeException reason) {
        member = false;
        shownRound = rounds.current();
        slot.fail(reason);
    }

    /** Handles the aggregator's notice that this worker must continue with its own round. */
    void started() {
        boolean again = state.isInSync();
        pauseDue = paused;
        if (state.label(rounds.current()).epoch() != epoch) {
            rounds.reopen();
        }
        Request.Share share = slot.active() instanceof Request.Share open ? open : null;
        if (state.start(epoch, share)) {
            finish(null);
        } else if (!again) {
            rounds.restart();
        }
    }

    /** Handles the aggregator's notice that this worker's state differs from the job's. */
    void behind() {
        state.behind();
        pauseDue = paused;
    }

    /**
     * Begins submitted requests, and sends due messages.
     *
     * @param updates the proxy for updates; null while it is unknown
     * @return the number of messages sent
     */
    int send(UplinkProxy uplink, UplinkProxy updates) {
        Request next = slot.next();
        if (next != null) {
            begin(next);
        }
        Request active = slot.active();
        if (pauseDue && uplink.pause(epoch, rounds.current(), index)) {
            pauseDue = false;
            state.behind();
            rounds.restart();
        }
        int sent = state.send(uplink, epoch, rounds.current(), rounds.ledger(), active, FRAMES_AT_A_TIME);
        if (active instanceof Request.Exchange && state.isInSync()) {
            boolean clear = updates != null && !state.isSupplying()
                    && state.compare(uplink, epoch, rounds.current(), active, work);
            sent += !clear ? 0 : rounds.send(updates, epoch, FRAMES_AT_A_TIME, clock.nowNs());
        } else if (active != null && state.isWanting(active) && clock.nowNs() - readySentNs > Protocol.HEARTBEAT_NS
                && uplink.ready(epoch, rounds.current(), index, state.wanted(active))) {
            readySentNs = clock.nowNs();
            sent++;
        }
        if (sent > 0) {
            lastSentNs = clock.nowNs();
        }
        return sent;
    }

    /** Sends a heartbeat if it is due. */
    void heartbeat(UplinkProxy uplink) {
        if (clock.nowNs() - lastSentNs >= Protocol.HEARTBEAT_NS
                && uplink.heartbeat(epoch, rounds.current(), index)) {
            lastSentNs = clock.nowNs();
        }
    }

    private void begin(Request request) {
        readySentNs = clock.nowNs() - 2 * Protocol.HEARTBEAT_NS;
        boolean pauses = request instanceof Request.Pause;
        pauseDue = pauses && (pauseDue || !paused && state.isInSync());
        paused = pauses;
        switch (request) {
            case Request.Exchange exchange -> {
                state.decideNone();
                rounds.begin(exchange);
                finishIfEnded();
            }
            case Request.Pause _ -> finish(null);
            case Request.GiveUp giveUp -> throw giveUp.reason;
            case Request.Share _ -> {
                if (state.isDecided()) {
                    finish(new IllegalStateException(
                            "the state is shared once, before the first exchange; this is round "
                                    + rounds.current()));
                }
            }
        }
    }

    /** Answers the caller. */
    private void finish(RuntimeException reason) {
        shownRound = rounds.current();
        slot.finish(reason);
    }

    /** Answers an open exchange whose round has ended. */
    void finishIfEnded() {
        if (rounds.isEnded() && slot.active() instanceof Request.Exchange exchange) {
            long bytes = allBytes.getAsLong();
            exchange.result = rounds.finish(bytes, controlMark, takeDropped.getAsLong());
            controlMark = bytes - rounds.dataBytes();
            work.run(exchange.mean.byteSize(), () -> state.add(exchange.mean));
            finish(null);
            lastSentNs = clock.nowNs() - Protocol.HEARTBEAT_NS; // others may wait to learn that the mean has arrived
        }
    }

    /**
     * Answers the open request once this worker has adopted the job's state.
     *
     * @throws org.eden4j.transport.job.TransportException if the caller's replica threw an exception
     */
    void finishRestored() {
        state.check();
        Request active = slot.active();
        if (active == null) {
            return;
        }
        boolean counted = state.wasInSync();
        try (StateImage image = state.restored(epoch, active, member)) {
            if (image == null) {
                return;
            }
            rounds.ledger().read(image.ledger());
            long bytes = allBytes.getAsLong();
            RoundResult result = rounds.jump(image.round(), state.wasTakenLate(), counted, bytes, controlMark,
                    takeDropped.getAsLong());
            if (active instanceof Request.Exchange exchange) {
                controlMark = bytes - rounds.dataBytes();
                exchange.result = result;
                LOG.info("worker {} was brought up to round {}", index, image.round());
            }
            finish(null);
        }
    }
}
