package org.eden4j.transport.aggregator;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;

/** The pending notices to one worker, and their order. Single-threaded. */
final class Notices {
    /** In the order of sending. */
    private enum Notice {
        OFFER, LAYOUT_WANTED, REJECT, WELCOME, START, BEHIND, SUPPLY, RETRY, FAILURE, GOODBYE
    }

    /** Notices that a member needs before states and means. */
    private static final Set<Notice> BEFORE_MEANS = EnumSet.of(Notice.WELCOME, Notice.START, Notice.BEHIND,
            Notice.RETRY);

    private final Set<Notice> due = EnumSet.noneOf(Notice.class);
    private long welcomeRound;
    private RejectCode rejectCode;
    private String rejectReason;
    private int supplyParts;
    private long round;
    private int attempt;
    private String retryReason;
    private FailureCode failureCode;
    /** Null while the job continues for this worker. */
    private String failureReason;

    /** Schedules the welcome of a member; the job has this round open. */
    void welcome(long openRound) {
        due.add(Notice.WELCOME);
        welcomeRound = openRound;
    }

    void reject(RejectCode code, String reason) {
        due.add(Notice.REJECT);
        rejectCode = code;
        rejectReason = reason;
    }

    /** Schedules the answer to a request for the job's terms. */
    void offer() {
        due.add(Notice.OFFER);
    }

    /** Requests the text of the worker's layout, which the decision on its join needs. */
    void wantLayout() {
        due.add(Notice.LAYOUT_WANTED);
    }

    /** Repeats the welcome of a member that asked again. */
    void welcomeAgain() {
        due.add(Notice.WELCOME);
    }

    /** Repeats the rejection of a worker that asked again. */
    void rejectAgain() {
        due.add(Notice.REJECT);
    }

    /** Schedules the notice that the worker's state is the job's before this round. */
    void start(long startRound) {
        due.add(Notice.START);
        due.remove(Notice.BEHIND);
        round = startRound;
    }

    /** Schedules the notice that the worker's state differs from the job's. */
    void behind(long jobRound) {
        due.add(Notice.BEHIND);
        due.remove(Notice.START);
        round = jobRound;
    }

    /**
     * Requests parts of the member's state.
     *
     * @param parts bits of Supply
     */
    void supply(int parts) {
        due.add(Notice.SUPPLY);
        supplyParts = parts;
    }

    /** Schedules the notice that the round failed and starts again. */
    void retry(int newAttempt, String reason) {
        due.add(Notice.RETRY);
        attempt = newAttempt;
        retryReason = reason;
    }

    /** Schedules the notice that the job has ended for this worker; the first reason is kept. */
    void fail(FailureCode code, String reason) {
        if (failureReason == null) {
            due.add(Notice.FAILURE);
            failureCode = code;
            failureReason = reason;
        }
    }

    void goodbye() {
        due.add(Notice.GOODBYE);
    }

    boolean isGoodbyeDue() {
        return due.contains(Notice.GOODBYE);
    }

    /** Returns whether states and means may follow. */
    boolean isClear() {
        return failureReason == null && Collections.disjoint(due, BEFORE_MEANS);
    }

    /**
     * Sends due notices, up to the first one for which the log has no space.
     *
     * @return the number of notices sent
     */
    int send(DownlinkProxy downlink, long token, int index, JobTerms terms, long cursorRound) {
        int sent = 0;
        Iterator<Notice> notices = due.iterator();
        while (notices.hasNext() && isSent(notices.next(), downlink, token, index, terms, cursorRound)) {
            notices.remove();
            sent++;
        }
        return sent;
    }

    private boolean isSent(
            Notice notice, DownlinkProxy downlink, long token, int index, JobTerms terms, long cursorRound) {
        int epoch = terms.epoch();
        return switch (notice) {
            case OFFER -> downlink.offer(token, terms);
            case LAYOUT_WANTED -> downlink.layoutWanted(token);
            case REJECT -> downlink.reject(token, rejectCode, rejectReason);
            case WELCOME -> downlink.welcome(token, terms, index, welcomeRound);
            case START -> downlink.start(epoch, round);
            case BEHIND -> downlink.behind(epoch, round);
            case SUPPLY -> downlink.supply(epoch, cursorRound, supplyParts);
            case RETRY -> downlink.retry(epoch, cursorRound, attempt, retryReason);
            case FAILURE -> downlink.failure(epoch, cursorRound, failureCode, failureReason);
            case GOODBYE -> downlink.goodbye(epoch, index);
        };
    }
}
