package org.eden4j.transport.aggregator;

import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;

/** What one worker is still to be told, in the order in which it is told. Single-threaded. */
final class Notices {
    private boolean welcomeDue;
    private long welcomeRound;
    private boolean layoutDue;
    private boolean offerDue;
    private boolean rejectDue;
    private RejectCode rejectCode;
    private String rejectReason;
    private boolean startDue;
    private boolean behindDue;
    private boolean supplyDue;
    private int supplyParts;
    private long round;
    private boolean retryDue;
    private int attempt;
    private String retryReason;
    private FailureCode failureCode;
    private String failureReason;
    private boolean failureSent;
    private boolean goodbyeDue;

    /** It is a member; the job has this round open. */
    void welcome(long openRound) {
        welcomeDue = true;
        welcomeRound = openRound;
    }

    void reject(RejectCode code, String reason) {
        rejectDue = true;
        rejectCode = code;
        rejectReason = reason;
    }

    /** It wants to know what the job is. */
    void offer() {
        offerDue = true;
    }

    /** The text of its layout is needed before its join can be judged. */
    void wantLayout() {
        layoutDue = true;
    }

    /** A member asked again. */
    void welcomeAgain() {
        welcomeDue = true;
    }

    /** A refused worker asked again. */
    void rejectAgain() {
        rejectDue = true;
    }

    /** Its state is the job's before this round. */
    void start(long startRound) {
        startDue = true;
        behindDue = false;
        round = startRound;
    }

    /** Its state is not the job's. */
    void behind(long jobRound) {
        behindDue = true;
        startDue = false;
        round = jobRound;
    }

    /** These parts of its state are wanted, as bits of Supply. */
    void supply(int parts) {
        supplyDue = true;
        supplyParts = parts;
    }

    /** The round failed and begins again. */
    void retry(int newAttempt, String reason) {
        retryDue = true;
        attempt = newAttempt;
        retryReason = reason;
    }

    /** The job is over for it; the first reason stands. */
    void fail(FailureCode code, String reason) {
        if (failureReason == null) {
            failureCode = code;
            failureReason = reason;
        }
    }

    void goodbye() {
        goodbyeDue = true;
    }

    boolean isGoodbyeDue() {
        return goodbyeDue;
    }

    /** Whether states and means may follow. */
    boolean isClear() {
        return !welcomeDue && !startDue && !behindDue && !retryDue && failureReason == null;
    }

    int send(DownlinkProxy downlink, long token, int index, JobTerms terms, long cursorRound) {
        int epoch = terms.epoch();
        int sent = 0;
        if (offerDue && downlink.offer(token, terms)) {
            offerDue = false;
            sent++;
        }
        if (layoutDue && downlink.layoutWanted(token)) {
            layoutDue = false;
            sent++;
        }
        if (rejectDue && downlink.reject(token, rejectCode, rejectReason)) {
            rejectDue = false;
            sent++;
        }
        if (welcomeDue && downlink.welcome(token, terms, index, welcomeRound)) {
            welcomeDue = false;
            sent++;
        }
        if (!welcomeDue) {
            sent += job(downlink, epoch, cursorRound);
        }
        if (failureReason != null && !failureSent
                && downlink.failure(epoch, cursorRound, failureCode, failureReason)) {
            failureSent = true;
            sent++;
        }
        if (goodbyeDue && downlink.goodbye(epoch, index)) {
            goodbyeDue = false;
            sent++;
        }
        return sent;
    }

    private int job(DownlinkProxy downlink, int epoch, long cursorRound) {
        int sent = 0;
        if (startDue && downlink.start(epoch, round)) {
            startDue = false;
            sent++;
        }
        if (behindDue && downlink.behind(epoch, round)) {
            behindDue = false;
            sent++;
        }
        if (supplyDue && downlink.supply(epoch, cursorRound, supplyParts)) {
            supplyDue = false;
            sent++;
        }
        if (retryDue && downlink.retry(epoch, cursorRound, attempt, retryReason)) {
            retryDue = false;
            sent++;
        }
        return sent;
    }
}
