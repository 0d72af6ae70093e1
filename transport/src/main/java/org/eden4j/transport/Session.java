package org.eden4j.transport;

/**
 * One worker as the aggregator sees it: the image its frames come from, the publication that answers it, and what it is
 * still to be told. Single-threaded, as the agent that owns it.
 */
final class Session implements AutoCloseable {
    /** What the peer is to the job. */
    enum State {
        /** A member. */
        MEMBER,
        /** Refused, and told so. */
        REJECTED,
        /** Left of its own will. */
        LEFT,
        /** A former member whose image is gone. */
        DEAD,
        /** A former member that did not read its means. */
        CUT_OFF
    }

    /** The image's session id: frames count as this member's only if they come from it. */
    final int sessionId;
    final long token;
    private final long registrationId;
    private DownlinkProxy downlink;

    State state = State.MEMBER;
    /** Worker number, -1 when refused. */
    int index = -1;
    /** Silent for too long; not waited for until it is heard again. */
    boolean silent;
    /** In shareModel, and not the one who supplies it. */
    boolean awaitsModel;
    long lastHeardNs;
    private long lastSentNs;

    private boolean welcomeDue;
    private boolean startDue;
    private boolean goodbyeDue;
    private boolean rejectDue;
    private RejectCode rejectCode;
    private String rejectReason;
    private FailureCode failureCode;
    private String failureReason;
    private boolean failureSent;

    /** The next mean frame to send: its round and its position in that round's store. */
    long cursorRound;
    private int cursor;
    private int modelCursor;
    private boolean modelEnded;

    Session(int sessionId, long token, long registrationId, long nowNs) {
        this.sessionId = sessionId;
        this.token = token;
        this.registrationId = registrationId;
        lastHeardNs = nowNs;
    }

    long registrationId() {
        return registrationId;
    }

    boolean isConnecting() {
        return downlink == null;
    }

    void connected(DownlinkProxy proxy) {
        downlink = proxy;
    }

    boolean isMember() {
        return state == State.MEMBER;
    }

    void welcome(int memberIndex) {
        index = memberIndex;
        welcomeDue = true;
    }

    void reject(RejectCode code, String reason) {
        end(State.REJECTED);
        rejectDue = true;
        rejectCode = code;
        rejectReason = reason;
    }

    /** The peer asked again: it has not seen the answer, or asked before it came. */
    void answerAgain() {
        if (state == State.MEMBER) {
            welcomeDue = true;
        } else if (state == State.REJECTED) {
            rejectDue = true;
        }
    }

    void start() {
        startDue = true;
    }

    void goodbye() {
        goodbyeDue = true;
    }

    void fail(FailureCode code, String reason) {
        if (failureReason == null) {
            failureCode = code;
            failureReason = reason;
        }
    }

    /** Whether the peer left, was answered, and has closed its end. */
    boolean isThrough() {
        return downlink == null || !goodbyeDue && !downlink.isConnected();
    }

    boolean isModelEnded() {
        return modelEnded;
    }

    void end(State newState) {
        state = newState;
    }

    /**
     * Sends what is due, as much as there is room for.
     *
     * @return messages sent
     */
    int service(AggregatorAgent job, long nowNs) {
        if (downlink == null || state == State.DEAD) {
            return 0;
        }
        int sent = control(job);
        if (state == State.MEMBER && !welcomeDue && !startDue && failureReason == null) {
            sent += model(job);
            sent += means(job);
        }
        if (sent > 0) {
            lastSentNs = nowNs;
        } else if (state == State.MEMBER && nowNs - lastSentNs > Protocol.HEARTBEAT_NS
                && downlink.heartbeat(job.terms().epoch(), cursorRound)) {
            lastSentNs = nowNs;
        }
        return sent;
    }

    private int control(AggregatorAgent job) {
        JobTerms terms = job.terms();
        int sent = 0;
        if (rejectDue && downlink.reject(token, rejectCode, rejectReason)) {
            rejectDue = false;
            sent++;
        }
        if (welcomeDue && downlink.welcome(token, terms, index)) {
            welcomeDue = false;
            sent++;
        }
        if (startDue && !welcomeDue && downlink.start(terms.epoch(), 0)) {
            startDue = false;
            sent++;
        }
        if (failureReason != null && !failureSent
                && downlink.failure(terms.epoch(), cursorRound, failureCode, failureReason)) {
            failureSent = true;
            sent++;
        }
        if (goodbyeDue && downlink.goodbye(terms.epoch(), index)) {
            goodbyeDue = false;
            sent++;
        }
        return sent;
    }

    private int model(AggregatorAgent job) {
        ModelRelay relay = job.relay();
        if (relay == null || modelEnded) {
            return 0;
        }
        int epoch = job.terms().epoch();
        int sent = 0;
        boolean source = relay.source() == index;
        if (!source) {
            while (modelCursor < relay.received() && relay.send(downlink, epoch, modelCursor)) {
                modelCursor++;
                sent++;
            }
        }
        boolean due = relay.hasEnded() && (source ? job.othersHaveModel(this) : modelCursor == relay.frameCount());
        if (due && downlink.modelEnd(epoch, relay.source(), relay.hash())) {
            modelEnded = true;
            sent++;
        }
        return sent;
    }

    private int means(AggregatorAgent job) {
        int sent = 0;
        int epoch = job.terms().epoch();
        MeanStore store = job.store(cursorRound);
        while (store != null) {
            while (cursor < store.readyCount()) {
                if (!store.send(downlink, epoch, cursor)) {
                    return sent;
                }
                cursor++;
                sent++;
            }
            if (!store.ended || !downlink.roundEnd(epoch, cursorRound, store.members, store.contributors)) {
                return sent;
            }
            sent++;
            cursorRound++;
            cursor = 0;
            store = job.store(cursorRound);
        }
        return sent;
    }

    @Override
    public void close() {
        if (downlink != null) {
            downlink.close();
        }
    }

    @Override
    public String toString() {
        return index < 0 ? "a refused worker" : "worker " + index;
    }
}
